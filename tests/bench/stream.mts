// The time of one step of a trained GRU in live use, one stream, its readout included: ours beside other runtimes of JavaScript's.
//   npm run bench -- --stream
// onnxruntime-node and brain.js are large and stay out of the project: npm install --ignore-scripts --prefix tests/bench/peers
import { createRequire } from "node:module";
import {
  bernoulli,
  gaussianMixture,
  generator,
  gru,
  initialState,
  type Model,
  model,
  onnxModel,
  openEngine,
  stream,
} from "./library.mts";
import { median } from "./rounds.mts";
import { tensorflow } from "./tensorflow.mts";

const require = createRequire(import.meta.url);

/** A peer that is ready: makes so many steps, one after another. */
type Steps = (count: number) => Promise<void> | void;

interface StreamPeer {
  readonly name: string;
  open(on: Model, input: Float32Array): Promise<Steps>;
}

/** The paper's sizes: 88 keys of which four sound; 20 samples in, the mixture's 420 numbers out. */
const cases = (): { name: string; model: Model; input: Float32Array }[] => {
  const random = generator(1, "bench streams");
  return [
    {
      name: "music gru 46",
      model: model(gru, 88, 46, bernoulli(88)),
      input: Float32Array.from({ length: 88 }, (_, key) => Number(key % 22 === 0)),
    },
    {
      name: "speech gru 227",
      model: model(gru, 20, 227, gaussianMixture(10, 20)),
      input: Float32Array.from({ length: 20 }, () => random.normal()),
    },
  ];
};

const ours = (name: string, engine: string): StreamPeer => ({
  name,
  open: async (on, input) => {
    const trained = { model: on, parameters: initialState(on, 1).parameters };
    const live = await stream(trained, { engine: await openEngine(engine) });
    const keys = [...input.keys()].filter((key) => input[key] !== 0);
    if (keys.length === input.length)
      return (count) => {
        for (let i = 0; i < count; i++) live.step(input);
      };
    return (count) => {
      for (let i = 0; i < count; i++) live.stepSparse(keys);
    };
  },
});

interface OnnxTensor {
  readonly data: unknown;
}
interface OnnxRuntime {
  readonly env: { readonly wasm?: { numThreads?: number } };
  readonly Tensor: new (type: "float32", values: Float32Array, shape: number[]) => OnnxTensor;
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options?: object,
    ): Promise<{ run(feeds: Record<string, OnnxTensor>): Promise<Record<string, OnnxTensor>> }>;
  };
}

const onnx = (name: string, load: () => OnnxRuntime): StreamPeer => ({
  name,
  open: async (on, input) => {
    const { env, Tensor, InferenceSession } = load();
    if (env.wasm) env.wasm.numThreads = 1;
    const trained = { model: on, parameters: initialState(on, 1).parameters, data: "", run: "" };
    const session = await InferenceSession.create(onnxModel(trained, { states: true }), {
      intraOpNumThreads: 1,
    });
    const x = new Tensor("float32", input, [1, 1, on.inputSize]);
    let h: OnnxTensor = new Tensor("float32", new Float32Array(on.hiddenSize), [
      1,
      1,
      on.hiddenSize,
    ]);
    return async (count) => {
      for (let i = 0; i < count; i++) h = (await session.run({ input: x, h_0: h })).h_after_0;
    };
  },
});

/** tf.layers' GRU is the paper's where it resets before the product. */
const layers = (backend: string): StreamPeer => ({
  name: `tfjs ${backend} layers`,
  open: async (on, input) => {
    const t = await tensorflow(backend);
    const network = t.sequential();
    const units = on.hiddenSize;
    network.add(
      t.layers.gru({
        ...{ units, batchInputShape: [1, 1, on.inputSize], stateful: true },
        ...{ recurrentActivation: "sigmoid", recurrentInitializer: "glorotUniform" },
      } as never),
    );
    network.add(t.layers.dense({ units: on.output.readoutSize }));
    const x = t.tensor3d(input, [1, 1, on.inputSize]);
    return async (count) => {
      await tensorflow(backend); // all peers share one TensorFlow.js
      for (let i = 0; i < count; i++) {
        const y = network.predict(x) as ReturnType<typeof t.tensor>;
        y.dataSync();
        y.dispose();
      }
    };
  },
});

/** Keeps no state between calls: a step is a sequence of one. */
const brain: StreamPeer = {
  name: "brain.js",
  open: async (on, input) => {
    const { recurrent } = require("./peers/node_modules/brain.js");
    const sizes = { inputSize: on.inputSize, outputSize: on.output.readoutSize };
    const network = new recurrent.GRUTimeStep({ ...sizes, hiddenLayers: [on.hiddenSize] });
    const row = [...input];
    const target = new Array<number>(sizes.outputSize).fill(0);
    if (sizes.inputSize !== sizes.outputSize) throw new Error("wants outputs like its inputs");
    network.train([[row, target]], { iterations: 1, errorThresh: 0 });
    return (count) => {
      for (let i = 0; i < count; i++) network.run([row]);
    };
  },
};

const peers: readonly StreamPeer[] = [
  ours("addon", "native"),
  ours("wasm", "native-wasm"),
  onnx("onnxruntime-node", () => require("./peers/node_modules/onnxruntime-node")),
  onnx("onnxruntime-web", () => require("onnxruntime-web")),
  layers("wasm"),
  layers("cpu"),
  brain,
];

/** Microseconds of a turn of steps: long enough for the clock, short enough to interleave. */
const turnMicroseconds = 20_000;

/** Of the processor, which other programs hardly change, and of the clock. */
interface StepTime {
  readonly processorMedian: number;
  /** What a tenth of the turns stay below. */
  readonly processorTenth: number;
  readonly wallMedian: number;
}

interface Turn {
  readonly processor: number;
  readonly wall: number;
}

export interface StreamTiming {
  readonly case: string;
  readonly peer: string;
  /** A step's time: missing with a problem. */
  readonly microseconds?: StepTime;
  readonly problem?: string;
}

export async function streamTimes(
  wanted: (name: string) => boolean,
  chosen: (name: string) => boolean,
  budgetSeconds: number,
): Promise<StreamTiming[]> {
  const found: StreamTiming[] = [];
  for (const on of cases().filter(({ name }) => chosen(name))) {
    const running: { name: string; steps: Steps; count: number; turns: Turn[] }[] = [];
    for (const { name, open } of peers.filter((peer) => wanted(peer.name)))
      try {
        const steps = await open(on.model, on.input);
        await steps(20);
        const one = (await timeOf(steps, 20)).wall;
        running.push({ name, steps, count: Math.ceil(turnMicroseconds / one), turns: [] });
      } catch (error) {
        const problem = (error as Error).message.split("\n")[0];
        found.push({ case: on.name, peer: name, problem });
      }
    const end = performance.now() + 1000 * budgetSeconds * running.length;
    while (performance.now() < end)
      for (const { steps, count, turns } of running) turns.push(await timeOf(steps, count));
    for (const { name, turns } of running)
      found.push({ case: on.name, peer: name, microseconds: stepTime(turns) });
  }
  return found;
}

function stepTime(turns: readonly Turn[]): StepTime {
  const processor = turns.map((turn) => turn.processor).sort((a, b) => a - b);
  return {
    processorMedian: median(processor),
    processorTenth: processor[Math.floor(processor.length / 10)],
    wallMedian: median(turns.map(({ wall }) => wall)),
  };
}

/** Microseconds of a step, the mean of so many. */
async function timeOf(steps: Steps, count: number): Promise<Turn> {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  await steps(count);
  const { user, system } = process.cpuUsage(before);
  return {
    processor: (user + system) / count,
    wall: (1000 * (performance.now() - begin)) / count,
  };
}

export function printStreams(timings: readonly StreamTiming[]): void {
  console.log("Microseconds for one step of one stream, 1 thread\n");
  const heads = ["processor", "fastest tenth", "by clock"].map((h) => h.padStart(15)).join("");
  console.log(`${"".padEnd(36)}${heads}`);
  for (const { case: name, peer, microseconds: us, problem } of timings) {
    const times = us && [us.processorMedian, us.processorTenth, us.wallMedian];
    const cells = times?.map((t) => t.toFixed(2).padStart(15)).join("");
    console.log(`${name.padEnd(16)} ${peer.padEnd(19)}${cells ?? ` left out: ${problem}`}`);
  }
}
