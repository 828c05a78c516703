import { GatedRnnError } from "../errors.js";
import type { Engine } from "./engine.js";

/** Every way to open an engine, fastest first: what `--engine` takes, and the order in which the default is looked for. */
const openers: Readonly<Record<string, (backend?: string) => Promise<Engine>>> = {
  native: async () => (await import("./native/index.js")).nativeAddon(),
  "native-wasm": async () => (await import("./native/index.js")).nativeWasm(),
  reference: async (backend) => (await import("./reference/index.js")).reference(backend),
};

export const engineNames: readonly string[] = Object.keys(openers);

/**
 * Opens an engine by name.
 * @param backend reference engine only: the TensorFlow.js backend
 * @throws GatedRnnError `usage` for an unknown name, `engine-missing` when it cannot run on this machine
 */
export async function openEngine(name: string, backend?: string): Promise<Engine> {
  const open = openers[name];
  if (!open) throw new GatedRnnError("usage", `engine: expected one of ${engineNames.join(", ")}, got ${name}`);
  return open(backend);
}

/** The fastest engine that runs on this machine. */
export async function defaultEngine(): Promise<Engine> {
  for (const name of engineNames.slice(0, -1)) {
    try {
      return await openEngine(name);
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
    }
  }
  return openEngine(engineNames[engineNames.length - 1]);
}
