// TensorFlow.js as peers: as one would write it by hand, op by op, and with its own layers. Both on dense piano-rolls.
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { type Case, denseValues } from "./cases.mts";
import type { Batch, Model } from "./library.mts";
import type { OpenPeer, Peer } from "./peer.mts";
import { settings } from "./peer.mts";

type Tensorflow = typeof tf;
const require = createRequire(new URL("../../lib/package.json", import.meta.url));

export function tensorflowPeers(wanted: (name: string) => boolean): Peer[] {
  const kinds = [
    [
      "by hand",
      openByHand,
      "cells written op by op under tf.variableGrads, with weight noise and clipping",
    ],
    [
      "layers",
      openLayers,
      "tf.layers and trainOnBatch, no peepholes, neither weight noise nor clipping",
    ],
  ] as const;
  return kinds.flatMap(([kind, open, what]) =>
    ["wasm", "cpu"].flatMap((backend): Peer[] => {
      const name = `tfjs ${backend} ${kind}`;
      if (!wanted(name)) return [];
      return [
        { name, detail: what, open: async (on) => open(await tensorflow(backend), backend, on) },
      ];
    }),
  );
}

/** TensorFlow.js, on a backend from now on. */
export async function tensorflow(backend: string): Promise<Tensorflow> {
  const t: Tensorflow = require("@tensorflow/tfjs");
  t.env().set("PROD", true);
  if (backend === "wasm") {
    const { setWasmPaths } =
      require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(
      join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist") + sep,
    );
  }
  await t.setBackend(backend);
  return t;
}

/** The mean NLL of all rows. */
function lossOf(
  t: Tensorflow,
  kind: Case["kind"],
): (target: tf.Tensor2D, y: tf.Tensor2D) => tf.Scalar {
  if (kind === "chords") throw new Error("an output that is not written for TensorFlow.js here");
  // the sigmoid's cross-entropy by hand: tf.losses.sigmoidCrossEntropy needs more operations
  if (kind === "text")
    return (target, y) => t.logSumExp(y, 1).sub(y.mul(target).sum(1)).mean() as tf.Scalar;
  if (kind === "music")
    return (target, y) => t.softplus(y).sub(y.mul(target)).sum(1).mean() as tf.Scalar;
  return (target, y) => {
    const logits = y.slice([0, 0], [-1, 20]);
    const mean = y.slice([0, 20], [-1, 200]).reshape([-1, 10, 20]);
    const deviation = t
      .softplus(y.slice([0, 220], [-1, 200]))
      .add(0.01)
      .reshape([-1, 10, 20]);
    const z = target.expandDims(2).sub(mean).div(deviation);
    const energy = z.square().mul(0.5).add(deviation.log()).add(0.9189385).sum(1);
    return t.logSumExp(t.logSoftmax(logits).sub(energy), 1).mean().neg() as tf.Scalar;
  };
}

/** A batch in TensorFlow.js's memory: its rows, packed as ours are. */
interface Laid {
  readonly x: tf.Tensor2D;
  readonly target: tf.Tensor2D;
  /** [time] rows of each step. */
  readonly running: number[];
}

export function laid(t: Tensorflow, { time, stepOffsets, input, target }: Batch): Laid {
  const rows = stepOffsets[time];
  const running = Array.from({ length: time }, (_, s) => stepOffsets[s + 1] - stepOffsets[s]);
  return {
    x: t.tensor2d(denseValues(input), [rows, input.width]),
    target: t.tensor2d(denseValues(target), [rows, target.width]),
    running,
  };
}

const gates: Readonly<Record<string, readonly string[]>> = {
  tanh: ["c"],
  gru: ["r", "z", "c"],
  lstm: ["i", "f", "c", "o"],
};

/** A model written op by op, and its training. */
interface ByHand {
  update(batch: Laid): { readonly nllPerStep: tf.Scalar; readonly gradientNorm: tf.Scalar };
  dispose(): void;
}

/** @param parameters initial values by name; default: drawn */
export function byHand(
  t: Tensorflow,
  model: Model,
  kind: Case["kind"],
  { weightNoise, maxGradientNorm, learningRate, update }: typeof settings,
  initial?: ReadonlyMap<string, Float32Array>,
): ByHand {
  const name = model.cell.name;
  if (!gates[name]) throw new Error("written by hand for tanh, gru and lstm");
  const loss = lossOf(t, kind);
  const parameters = new Map(
    model.parameters.map(({ name, shape }) => {
      const values = initial?.get(name);
      const begin = values ? t.tensor(values, [...shape]) : t.randomNormal([...shape], 0, 0.1);
      return [name, t.variable(begin)] as const;
    }),
  );
  const noisy = model.parameters
    .filter((p) => p.role === "input-weight" || p.role === "recurrent-weight")
    .map((p) => p.name);
  const { decay, momentum, epsilon } = update;
  const optimiser = t.train.rmsprop(learningRate, decay, momentum, epsilon);

  const forward = (w: ReadonlyMap<string, tf.Tensor>, { x, target, running }: Laid) => {
    const get = (key: string) => w.get(key) as tf.Tensor2D;
    const affine = (gate: string, input: tf.Tensor2D, h: tf.Tensor2D) =>
      input
        .matMul(get(`W_${gate}`))
        .add(h.matMul(get(`U_${gate}`)))
        .add(get(`b_${gate}`)) as tf.Tensor2D;
    let h = t.zeros([running[0], model.hiddenSize]) as tf.Tensor2D;
    let c = h;
    const all: tf.Tensor2D[] = [];
    for (const input of t.split(x, running) as tf.Tensor2D[]) {
      const [rows] = input.shape;
      if (rows < h.shape[0]) {
        h = h.slice([0, 0], [rows, -1]);
        c = c.slice([0, 0], [rows, -1]);
      }
      if (name === "tanh") h = affine("h", input, h).tanh();
      else if (name === "gru") {
        const r = affine("r", input, h).sigmoid();
        const z = affine("z", input, h).sigmoid();
        const candidate = affine("c", input, r.mul(h)).tanh();
        h = t.sub(1, z).mul(h).add(z.mul(candidate)) as tf.Tensor2D;
      } else {
        const gate = (g: string, memory: tf.Tensor) =>
          affine(g, input, h)
            .add(memory.mul(get(`V_${g}`)))
            .sigmoid() as tf.Tensor2D;
        const i = gate("i", c);
        const f = gate("f", c);
        c = f.mul(c).add(i.mul(affine("c", input, h).tanh())) as tf.Tensor2D;
        h = gate("o", c).mul(c.tanh()) as tf.Tensor2D;
      }
      all.push(h);
    }
    return loss(target, t.concat(all, 0).matMul(get("W_y")).add(get("b_y")) as tf.Tensor2D);
  };
  const withNoise = () =>
    new Map(
      [...parameters].map(([key, w]): [string, tf.Tensor] => [
        key,
        weightNoise > 0 && noisy.includes(key) ? w.add(t.randomNormal(w.shape, 0, weightNoise)) : w,
      ]),
    );
  return {
    update: (batch) =>
      t.tidy(() => {
        const { value, grads } = t.variableGrads(
          () => forward(withNoise(), batch),
          [...parameters.values()],
        );
        const norm = t.addN(Object.values(grads).map((g) => g.square().sum())).sqrt() as tf.Scalar;
        const factor = t.minimum(1, t.div(maxGradientNorm, norm));
        optimiser.applyGradients(
          Object.fromEntries(Object.entries(grads).map(([key, g]) => [key, g.mul(factor)])),
        );
        return { nllPerStep: value, gradientNorm: norm };
      }),
    dispose: () => {
      t.dispose([...parameters.values()]);
      optimiser.dispose();
    },
  };
}

async function openByHand(t: Tensorflow, backend: string, on: Case): Promise<OpenPeer> {
  const network = byHand(t, on.model, on.kind, settings);
  const batch = laid(t, on.batch);
  const step = async () => {
    await t.setBackend(backend);
    const begin = performance.now();
    const { nllPerStep, gradientNorm } = network.update(batch);
    await nllPerStep.data();
    t.dispose([nllPerStep, gradientNorm]);
    return performance.now() - begin;
  };
  const close = async () => {
    t.dispose([batch.x, batch.target]);
    network.dispose();
  };
  return { step, close };
}

async function openLayers(t: Tensorflow, backend: string, on: Case): Promise<OpenPeer> {
  const { model, batch } = on;
  const make = { tanh: t.layers.simpleRNN, gru: t.layers.gru, lstm: t.layers.lstm }[
    model.cell.name
  ];
  if (!make) throw new Error("a cell that tf.layers does not have");
  const loss = lossOf(t, on.kind);
  const network = t.sequential();
  const shape = {
    inputShape: [batch.time, model.inputSize],
    units: model.hiddenSize,
    returnSequences: true,
  };
  network.add(
    make({
      ...shape,
      recurrentActivation: "sigmoid",
      recurrentInitializer: "glorotUniform",
    } as never),
  );
  const { readoutSize, targetSize } = model.output;
  network.add(t.layers.timeDistributed({ layer: t.layers.dense({ units: readoutSize }) }));
  network.compile({
    optimizer: t.train.rmsprop(
      settings.learningRate,
      settings.update.decay,
      settings.update.momentum,
      settings.update.epsilon,
    ),
    loss: (target, y) =>
      loss(
        target.reshape([-1, readoutSize]).slice([0, 0], [-1, targetSize]) as tf.Tensor2D,
        y.reshape([-1, readoutSize]) as tf.Tensor2D,
      ),
  });
  const data = laid(t, batch);
  const x = data.x.reshape([batch.time, batch.size, model.inputSize]).transpose([1, 0, 2]);
  const steps = data.target
    .reshape([batch.time, batch.size, targetSize])
    .transpose([1, 0, 2]) as tf.Tensor3D;
  const target = steps.pad([
    [0, 0],
    [0, 0],
    [0, readoutSize - targetSize],
  ]); // layers want a target as wide as the output
  return {
    step: async () => {
      await t.setBackend(backend);
      const begin = performance.now();
      await network.trainOnBatch(x, target);
      return performance.now() - begin;
    },
    close: async () => {
      t.dispose([x, steps, target, data.x, data.target]);
      network.dispose();
    },
  };
}
