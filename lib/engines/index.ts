import { GatedRnnError } from "../errors.js";
import type { Engine, Stream } from "./engine.js";
import { streamOn } from "./stream.js";

/** How an engine is opened. */
export interface OpenOptions {
  /** Reference engine: the TensorFlow.js backend; WebGPU engine: gpu, software or null. */
  readonly backend?: string | undefined;
  /** WebGPU engine: so many open sessions of equal models compute in the same dispatches; see WebGpuOptions. */
  readonly sideBySide?: number;
}

/** Every way to open an engine: what `--engine` takes. */
const openers: ReadonlyMap<string, (options: OpenOptions) => Promise<Engine>> = new Map([
  ["native", async () => (await import("./native/index.js")).nativeAddon()],
  ["native-wasm", async () => (await import("./native/index.js")).nativeWasm()],
  ["reference", async ({ backend }) => (await import("./reference/index.js")).reference(backend)],
  [
    "webgpu",
    async ({ backend, sideBySide = 1 }) =>
      (await import("./webgpu/index.js")).webGpu(backend, { sideBySide }),
  ],
] satisfies [string, (options: OpenOptions) => Promise<Engine>][]);

/** What is tried, in this order, where no engine is asked for: never a GPU, which small models do not fill and drivers differ on. */
const defaults: readonly string[] = ["native", "native-wasm", "reference"];

/** Every engine by its name, as `openEngine` and the command line take it. */
export const engineNames: readonly string[] = [...openers.keys()];

/**
 * Opens an engine by name.
 * @param options a backend's name alone is enough
 * @throws GatedRnnError `usage` for an unknown name, `engine-missing` when it cannot run on this machine
 */
export async function openEngine(
  name: string,
  options: string | OpenOptions = {},
): Promise<Engine> {
  const open = openers.get(name);
  if (!open)
    throw new GatedRnnError(
      "usage",
      `engine: expected one of ${engineNames.join(", ")}, got ${name}`,
    );
  return open(typeof options === "string" ? { backend: options } : options);
}

/** The fastest engine that runs on this machine's processor. */
export async function defaultEngine(): Promise<Engine> {
  for (const name of defaults.slice(0, -1)) {
    try {
      return await openEngine(name);
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
    }
  }
  return openEngine(defaults[defaults.length - 1]);
}

/** How a model is put to work; see `stream`. */
export interface StreamOptions {
  /** How many run side by side, each with states of its own (default 1). */
  readonly streams?: number;
  /** Default: the fastest that runs on this machine. */
  readonly engine?: Engine;
}

/**
 * A trained model for live use, on the native addon or as WebAssembly: see `streamOn`.
 *
 *   const music = await stream(readWeights("runs/jsb-gru-….safetensors"));
 *   const logits = music.stepSparse([39, 43, 46]); // keys that sound → those of the next step, before the sigmoid
 *   music.gate("z");
 *
 * @throws GatedRnnError what `streamOn` throws; `engine-missing` when no engine runs here
 */
export async function stream(
  trained: Parameters<typeof streamOn>[1],
  { streams = 1, engine }: StreamOptions = {},
): Promise<Stream> {
  return streamOn(engine ?? (await defaultEngine()), trained, streams);
}
