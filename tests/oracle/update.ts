import type { Batch } from "../../lib/data/batch.js";
import type { StepSettings } from "../../lib/engines/engine.js";
import { isNoisy, type Model } from "../../lib/model/model.js";
import { normalMatrix } from "../../lib/random/normal.js";
import { oracle, type Weights } from "./oracle.js";

/** A training in float64: parameters, and the optimiser's state by name, from rest. */
export interface OracleTraining {
  weights: Weights;
  meanSquares: Weights;
  momenta: Weights;
  updates: number;
}

const zeros = (weights: Weights): Weights =>
  new Map([...weights].map(([name, w]) => [name, new Float64Array(w.length)]));

export const atRest = (weights: Weights): OracleTraining => ({
  weights,
  meanSquares: zeros(weights),
  momenta: zeros(weights),
  updates: 0,
});

export function noisyWeights(
  model: Model,
  weights: Weights,
  { noiseSeed, weightNoise }: StepSettings,
  updates: number,
): Weights {
  return new Map(
    model.parameters.map((p, stream) => {
      const w = weights.get(p.name) as Float64Array;
      if (!isNoisy(p)) return [p.name, w];
      const noise = normalMatrix(noiseSeed, updates, stream, p.shape[0], p.shape[1]);
      return [p.name, w.map((v, i) => v + weightNoise * noise[i])];
    }),
  );
}

export const norm = (values: Weights) =>
  Math.sqrt([...values.values()].reduce((sum, g) => sum + g.reduce((a, v) => a + v * v, 0), 0));

/** Norms from here on are infinite in the engines: the square is, in single precision. */
const singleRoot = Math.sqrt(3.4e38);

/** One update of the contract (engines/engine.ts), step by step in float64. Changes the training, and returns the loss and the norm. */
export function oracleStep(
  model: Model,
  training: OracleTraining,
  batch: Batch,
  s: StepSettings,
): { nllPerStep: number; gradientNorm: number } {
  const { weights, updates } = training;
  const { nllPerStep, gradient } = oracle(model, noisyWeights(model, weights, s, updates), batch);
  const summed = s.loss === "sum" ? batch.stepOffsets[batch.time] : 1;
  const map = (values: Weights, f: (v: number, name: string, i: number) => number): Weights =>
    new Map([...values].map(([name, of]) => [name, of.map((v, i) => f(v, name, i))]));
  const raw = map(gradient, (g) => g * summed);
  const size = norm(raw);
  const shrinks = s.nonFiniteGradient === "shrink" && !(size < singleRoot);
  const g = shrinks
    ? map(weights, (w) => 0.1 * w)
    : map(raw, (v) => v * Math.min(1, s.maxGradientNorm / size));
  const at = (values: Weights, name: string, i: number) => (values.get(name) as Float64Array)[i];
  training.meanSquares = map(
    training.meanSquares,
    (v, name, i) => s.decay * v + (1 - s.decay) * at(g, name, i) ** 2,
  );
  training.momenta = map(training.momenta, (m, name, i) => {
    const root = Math.sqrt(at(training.meanSquares, name, i) + s.epsilon);
    return s.momentum * m + (s.learningRate * at(g, name, i)) / Math.max(root, s.rootFloor ?? 0);
  });
  const limit = s.maxStepNorm ?? Number.POSITIVE_INFINITY;
  const shorter = Math.min(1, limit / norm(training.momenta));
  training.weights = map(weights, (w, name, i) => w - shorter * at(training.momenta, name, i));
  training.updates += 1;
  return { nllPerStep, gradientNorm: size };
}
