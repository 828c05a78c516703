import {
  type Batch,
  bernoulli,
  type Engine,
  generator,
  gru,
  initialState,
  model,
  nativeWasmFrom,
  streamOn,
  webGpuInPage,
} from "../../lib/browser.js";
import { engineOn } from "../../lib/engines/native/engine.js";
import { wasmKernels } from "../../lib/engines/native/wasm.js";
import { type StartHelper, startPageHelper } from "../../lib/engines/native/wasm-threads.js";

/** What a training gives: the same in Node and in a browser page, bit for bit. */
export interface Training {
  readonly build: string;
  /** NLL per step in nats at every update. */
  readonly losses: number[];
  /** Sum over all parameters in the end. */
  readonly parameterSum: number;
  /** What the trained model says after a few steps in live use, where the engine has streams. */
  readonly live?: number[];
}

const size = 8;
const time = 30;
const width = 88;

/** A melody of four keys that goes round, every sequence beginning elsewhere. */
function melodies(): Batch {
  const random = generator(1, "melodies");
  const beginnings = Array.from({ length: size }, () => random.integer(4));
  const rows = (shift: number) => {
    const columns = Array.from(
      { length: time * size },
      (_, row) => 40 + 2 * ((Math.floor(row / size) + shift + beginnings[row % size]) % 4),
    );
    const offsets = Int32Array.from({ length: time * size + 1 }, (_, row) => row);
    return { kind: "sparse", width, offsets, columns: Int32Array.from(columns) } as const;
  };
  return {
    size,
    time,
    lengths: new Int32Array(size).fill(time),
    stepOffsets: Int32Array.from({ length: time + 1 }, (_, t) => t * size),
    sources: Int32Array.from({ length: size }, (_, b) => b),
    input: rows(0),
    target: rows(1),
  };
}

/** Trains a GRU on a WebAssembly build for a few updates. */
export async function train(bytes: Uint8Array<ArrayBuffer>): Promise<Training> {
  return trainOn(await nativeWasmFrom(bytes));
}

/** The same training on the software adapter that the page is given; first, that a page takes none for a GPU. */
async function trainOnGpu(): Promise<Training & { refusal: string }> {
  const refusal = await webGpuInPage().then(
    () => "",
    (error: Error) => error.message,
  );
  return { refusal, ...(await trainOn(await webGpuInPage("software"))) };
}

/** The same training on two threads; `helper` tells whether the second one was there, and how many parts it was asked for. */
async function trainOnThreads(
  bytes: Uint8Array<ArrayBuffer>,
  threaded: Uint8Array<ArrayBuffer>,
  isPage: boolean,
): Promise<Training & { helper: number[] }> {
  const words: Int32Array[] = [];
  const start: StartHelper = (script, message) => {
    words.push(new Int32Array(message.memory.buffer, message.words, 2));
    return isPage ? startPageHelper(script, message) : { terminate: () => {} }; // never there: all is computed here
  };
  const kernels = await wasmKernels(bytes, { bytes: threaded, start });
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, isPage ? 20 : 0)); // a page's worker starts meanwhile
  const training = await trainOn(engineOn("native-wasm", kernels), 2, pause);
  return { ...training, helper: words.flatMap((word) => [...word]) };
}

async function trainOn(
  engine: Engine,
  threads = 1,
  pause = () => Promise.resolve(),
): Promise<Training> {
  const m = model(gru, width, 46, bernoulli(width));
  const session = await engine.open(m, initialState(m, 1), { threads });
  const batch = melodies();
  const settings = {
    learningRate: 3e-3,
    weightNoise: 0.01,
    noiseSeed: 1,
    maxGradientNorm: 1,
    update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
  };
  const losses: number[] = [];
  for (let update = 0; update < 40; update++) {
    losses.push((await session.trainStep(batch, settings)).nllPerStep);
    await pause();
  }
  let parameterSum = 0;
  const { parameters } = await session.read();
  for (const values of parameters.values()) for (const value of values) parameterSum += value;
  await session.close();
  if (!engine.stream) return { build: engine.build, losses, parameterSum };
  const stream = await streamOn(engine, { model: m, parameters });
  for (const key of [40, 42, 44]) stream.stepSparse([key]);
  return { build: engine.build, losses, parameterSum, live: [...stream.stepSparse([46])] };
}

Object.assign(globalThis, { train, trainOnThreads, trainOnGpu });
