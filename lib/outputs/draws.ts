import { logGamma, sigmoid } from "../compile/special-functions.js";
import type { Generator } from "../random/generator.js";
import type { Chain, Draw } from "./graph.js";

type Drawing = (
  a: Float64Array,
  b: Float64Array,
  random: Generator,
  temperature: number,
) => Float64Array;

/**
 * How targets are made up, by temperature T: chances are σ(logit / T), choices go by weights w^(1/T), normalised, variances are
 * T σ², and counts' probabilities p^(1/T). T = 0 takes the likeliest.
 */
export const draws: Readonly<Record<Exclude<Draw, Chain>, Drawing>> = {
  // a number is drawn for every key: another temperature meets the same chances
  chance: (logits, _, random, temperature) =>
    logits.map((logit) => sounds(logit, random, temperature)),
  choice: (logits, _, random, temperature) => {
    const chosen = choose(logits, temperature, random.uniform());
    return logits.map((_, k) => Number(k === chosen));
  },
  normal: (mean, deviation, random, temperature) =>
    mean.map((m, j) => m + Math.sqrt(temperature) * deviation[j] * random.normal()),
  counts: (rate, _, random, temperature) =>
    rate.map((r) => count(r, temperature, random.uniform())),
};

/** 1 by the chance σ(logit / temperature), else 0. A number is drawn in any case. */
export function sounds(logit: number, random: Generator, temperature: number): number {
  const u = random.uniform();
  return Number(temperature === 0 ? logit > 0 : u < sigmoid(logit / temperature));
}

/** A place in a list of logits, by its share of softmax(logits / temperature) at u. */
function choose(logits: Float64Array, temperature: number, u: number): number {
  const likeliest = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  if (temperature === 0) return likeliest;
  const weights = logits.map((v) => Math.exp((v - logits[likeliest]) / temperature));
  let left = u * weights.reduce((a, b) => a + b);
  for (let k = 0; k < weights.length; k++) {
    left -= weights[k];
    if (left < 0) return k;
  }
  return likeliest;
}

/** By the counts within a dozen deviations of the rate: what lies beyond has a chance of less than 1e-30. */
function count(rate: number, temperature: number, u: number): number {
  const reach = 12 * Math.sqrt(Math.max(temperature, 1) * rate) + 40 * Math.max(temperature, 1);
  const least = Math.max(0, Math.floor(rate - reach));
  const most = Math.ceil(rate + reach);
  const logits = Float64Array.from({ length: most - least + 1 }, (_, k) => {
    const x = least + k;
    return x * Math.log(rate) - rate - logGamma(x + 1);
  });
  return least + choose(logits, temperature, u);
}
