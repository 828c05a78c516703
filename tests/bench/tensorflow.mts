// TensorFlow.js as peers: as one would write it by hand, op by op, and with its own layers. Both on dense piano-rolls.
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { type Case, denseValues } from "./cases.mts";
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

function lossOf(
  t: Tensorflow,
  { kind, batch }: Case,
): (target: tf.Tensor2D, y: tf.Tensor2D) => tf.Scalar {
  const rows = batch.stepOffsets[batch.time];
  if (kind === "chords") throw new Error("an output that is not written for TensorFlow.js here");
  // the sigmoid's cross-entropy by hand: tf.losses.sigmoidCrossEntropy needs more operations
  if (kind === "text")
    return (target, y) => t.logSumExp(y, 1).sub(y.mul(target).sum(1)).mean() as tf.Scalar;
  if (kind === "music")
    return (target, y) => t.softplus(y).sub(y.mul(target)).sum().div(rows) as tf.Scalar;
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

function dataOf(t: Tensorflow, { batch }: Case): { x: tf.Tensor3D; target: tf.Tensor2D } {
  const x = t.tensor3d(denseValues(batch.input), [batch.time, batch.size, batch.input.width]);
  return {
    x,
    target: t.tensor2d(denseValues(batch.target), [batch.time * batch.size, batch.target.width]),
  };
}

const gates: Readonly<Record<string, readonly string[]>> = {
  tanh: ["c"],
  gru: ["r", "z", "c"],
  lstm: ["i", "f", "c", "o"],
};

async function openByHand(t: Tensorflow, backend: string, on: Case): Promise<OpenPeer> {
  const { model, batch } = on;
  const name = model.cell.name;
  if (!gates[name]) throw new Error("written by hand for tanh, gru and lstm");
  const loss = lossOf(t, on);
  const { x, target } = dataOf(t, on);
  const parameters = new Map(
    model.parameters.map((p) => [p.name, t.variable(t.randomNormal(p.shape as number[], 0, 0.1))]),
  );
  const noisy = model.parameters
    .filter((p) => p.role === "input-weight" || p.role === "recurrent-weight")
    .map((p) => p.name);
  const optimiser = t.train.rmsprop(
    settings.learningRate,
    settings.update.decay,
    settings.update.momentum,
    settings.update.epsilon,
  );

  const forward = (w: ReadonlyMap<string, tf.Tensor>) => {
    const get = (key: string) => w.get(key) as tf.Tensor2D;
    const affine = (gate: string, input: tf.Tensor2D, h: tf.Tensor2D) =>
      input
        .matMul(get(`W_${gate}`))
        .add(h.matMul(get(`U_${gate}`)))
        .add(get(`b_${gate}`)) as tf.Tensor2D;
    let h = t.zeros([batch.size, model.hiddenSize]) as tf.Tensor2D;
    let c = h;
    const all: tf.Tensor2D[] = [];
    for (const input of x.unstack() as tf.Tensor2D[]) {
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
  const once = async () => {
    await t.setBackend(backend);
    const begin = performance.now();
    const value = t.tidy(() => {
      const noise = new Map(
        noisy.map((key) => [
          key,
          t.randomNormal((parameters.get(key) as tf.Tensor).shape, 0, settings.weightNoise),
        ]),
      );
      const noisyWeights = () =>
        new Map(
          [...parameters].map(([key, w]): [string, tf.Tensor] => [
            key,
            noise.has(key) ? w.add(noise.get(key) as tf.Tensor) : w,
          ]),
        );
      const { value, grads } = t.variableGrads(
        () => forward(noisyWeights()),
        [...parameters.values()],
      );
      const norm = t.addN(Object.values(grads).map((g) => g.square().sum())).sqrt();
      const factor = t.minimum(1, t.div(settings.maxGradientNorm, norm));
      optimiser.applyGradients(
        Object.fromEntries(Object.entries(grads).map(([key, g]) => [key, g.mul(factor)])),
      );
      return value;
    });
    await value.data();
    value.dispose();
    return performance.now() - begin;
  };
  const close = async () => {
    t.dispose([x, target, ...parameters.values()]);
    optimiser.dispose();
  };
  return { step: once, close };
}

async function openLayers(t: Tensorflow, backend: string, on: Case): Promise<OpenPeer> {
  const { model, batch } = on;
  const make = { tanh: t.layers.simpleRNN, gru: t.layers.gru, lstm: t.layers.lstm }[
    model.cell.name
  ];
  if (!make) throw new Error("a cell that tf.layers does not have");
  const loss = lossOf(t, on);
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
  const data = dataOf(t, on);
  const x = data.x.transpose([1, 0, 2]);
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
