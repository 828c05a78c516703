import { operations } from "../../lib/compile/ops.js";
import type { Batch } from "../../lib/data/batch.js";
import type { StepSettings } from "../../lib/engines/engine.js";
import { isNoisy, type Model } from "../../lib/model/model.js";
import { normalMatrix } from "../../lib/random/normal.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { settingsOf, type Update, type UpdateSettings } from "../../lib/updates/update.js";
import { oracle, type Weights } from "./oracle.js";

/** A training in float64: parameters, and the memory of its update rule by slot, from rest. */
export interface OracleTraining {
  weights: Weights;
  slots: Map<string, Weights>;
  updates: number;
}

const zeros = (weights: Weights): Weights =>
  new Map([...weights].map(([name, w]) => [name, new Float64Array(w.length)]));

export const atRest = (weights: Weights, rule: Update = rmsprop): OracleTraining => ({
  weights,
  slots: new Map(rule.graph.slots.map(({ name }) => [name, zeros(weights)])),
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
  rule: Update = rmsprop,
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
  const all = settingsOf(rule, s.update);
  const at = (values: Weights | undefined, name: string, i: number) => values?.get(name)?.[i] ?? 0;
  const slots = new Map(rule.graph.slots.map(({ name }) => [name, zeros(weights)]));
  const steps = map(weights, (weight, name, i) => {
    const made = oneUpdate(rule, {
      weight,
      gradient: at(g, name, i),
      learningRate: s.learningRate,
      count: updates + 1,
      settings: all,
      previous: (slot) => at(training.slots.get(slot), name, i),
    });
    for (const [slot, value] of made.slots) (slots.get(slot)?.get(name) as Float64Array)[i] = value;
    return made.step;
  });
  const shorter = Math.min(1, (s.maxStepNorm ?? Number.POSITIVE_INFINITY) / norm(steps));
  training.slots = slots;
  training.weights = map(weights, (w, name, i) => w - shorter * at(steps, name, i));
  training.updates += 1;
  return { nllPerStep, gradientNorm: size };
}

/** What a rule reads for one parameter. */
interface OneParameter {
  readonly weight: number;
  readonly gradient: number;
  readonly learningRate: number;
  readonly count: number;
  readonly settings: UpdateSettings;
  readonly previous: (slot: string) => number;
}

/** A rule's equations for one number: node after node, in float64. */
export function oneUpdate(
  { graph }: Update,
  given: OneParameter,
): { readonly step: number; readonly slots: Map<string, number> } {
  const values: number[] = [];
  for (const node of graph.nodes)
    switch (node.op) {
      case "weight":
      case "gradient":
      case "learningRate":
      case "count":
        values.push(given[node.op]);
        break;
      case "setting":
        values.push(given.settings[node.name]);
        break;
      case "previous":
        values.push(given.previous(node.slot));
        break;
      default: {
        const [a = 0, b = 0, c = 0] = node.inputs.map((i) => values[i]);
        values.push(operations[node.op].value(a, b, c, node.constant ?? 0));
      }
    }
  return {
    step: values[graph.step],
    slots: new Map(graph.slots.map(({ name, node }) => [name, values[node]])),
  };
}
