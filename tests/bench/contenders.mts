import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { type Engine, initialState, openEngine, type StepSettings } from "gated-rnn";
import { batchFor, modelOf, type Size, widths } from "./sizes.mts";

/** Somebody who can make training steps of one size. */
export interface Contender {
  readonly name: string;
  /** Steps a round: few for the slow ones. */
  readonly steps: number;
  /** Milliseconds of each of n steps. */
  run(n: number): Promise<number[]>;
  /** Bytes of working memory, where that is known. */
  bytes?(): number;
  close(): Promise<void>;
}

export const settings: StepSettings = {
  learningRate: 1e-4,
  weightNoise: 0.075,
  noiseSeed: 1,
  maxGradientNorm: 1,
  decay: 0.95,
  momentum: 0.9,
  epsilon: 1e-6,
};

async function timed(n: number, step: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < n; i++) {
    const begun = performance.now();
    await step();
    times.push(performance.now() - begun);
  }
  return times;
}

/** One of this project's engines. */
export async function ours(engine: Engine, name: string, size: Size, threads: number, steps: number): Promise<Contender> {
  const model = modelOf(size);
  const session = await engine.open(model, initialState(model, 1), { threads });
  const batch = batchFor(size);
  const step = () => session.trainStep(batch, settings);
  await step();
  const sized = session as unknown as { arenaBytes?(): number };
  return {
    name,
    steps,
    run: (n) => timed(n, step),
    ...(sized.arenaBytes ? { bytes: () => sized.arenaBytes?.() ?? 0 } : {}),
    close: () => session.close(),
  };
}

/** TensorFlow.js as its users write it: tf.layers, trainOnBatch, RMSProp; dense input, no noise, no clipping, and for speech 420 sigmoids. */
export async function layers(size: Size, backend: string): Promise<Contender> {
  await openEngine("reference", backend); // sets the backend's paths
  await tf.setBackend(backend);
  const { input, readout } = widths[size.task];
  const options = { units: size.hidden, returnSequences: true, inputShape: [size.time, input] };
  const network = tf.sequential();
  network.add(size.cell === "gru" ? tf.layers.gru(options) : size.cell === "lstm" ? tf.layers.lstm(options) : tf.layers.simpleRNN(options));
  network.add(tf.layers.timeDistributed({ layer: tf.layers.dense({ units: readout, activation: "sigmoid" }) }));
  network.compile({ optimizer: tf.train.rmsprop(1e-4, 0.95, 0.9), loss: "binaryCrossentropy" });
  const x = tf
    .randomUniform([size.batch, size.time, input])
    .less(4 / input)
    .toFloat();
  const y = tf
    .randomUniform([size.batch, size.time, readout])
    .less(4 / readout)
    .toFloat();
  const step = async () => {
    await tf.setBackend(backend);
    await network.trainOnBatch(x, y);
  };
  await step();
  return {
    name: `tf.layers ${backend}`,
    steps: 1,
    run: (n) => timed(n, step),
    close: async () => {
      x.dispose();
      y.dispose();
      network.dispose();
    },
  };
}

const python = process.env.GATED_RNN_TORCH_PYTHON ?? "python3";

/** PyTorch's version, or why there is none. */
export function torchVersion(): { version?: string; problem?: string } {
  const { status, stdout, error } = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
  if (status === 0) return { version: stdout.trim() };
  return {
    problem: `${error?.message ?? `${python} cannot import torch`}; pip install torch==2.13.0, or name a Python by GATED_RNN_TORCH_PYTHON`,
  };
}

/** PyTorch in a process of its own that stays warm between rounds. */
export async function torch(size: Size, threads: number, compile: boolean): Promise<Contender> {
  const { input, readout } = widths[size.task];
  const { cell, hidden, batch, time } = size;
  const spec = { cell, hidden, input, output: readout, batch, time, threads, compile, mixture: size.task === "speech" };
  const child = spawn(python, [fileURLToPath(new URL("torch_peer.py", import.meta.url)), JSON.stringify(spec)]);
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const lines = createInterface(child.stdout);
  const answer = () => nextLine(lines, child, () => errors);
  await answer();
  return {
    name: `PyTorch${compile ? " compiled" : ""}, ${threads} thread${threads > 1 ? "s" : ""}`,
    steps: 3,
    run: async (n) => {
      child.stdin.write(`${n}\n`);
      return JSON.parse(await answer());
    },
    close: async () => {
      child.stdin.end();
    },
  };
}

function nextLine(lines: Interface, child: ChildProcessWithoutNullStreams, errors: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(errors().trim().split("\n").at(-1) ?? "it ended without a word"));
    child.once("exit", failed);
    lines.once("line", (line) => {
      child.off("exit", failed);
      resolve(line);
    });
  });
}
