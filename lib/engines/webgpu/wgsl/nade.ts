import type { Program } from "../../../compile/program.js";
import type { NadeKernel } from "../../fused-outputs.js";
import { lanes } from "./reductions.js";
import type { WeightLayout } from "./weights.js";

/** Offsets among a run's parameters of W, V and, where it is no part of the readout, c. */
const placesOf = ({ outputParameters }: Program) => outputParameters.map(({ offset }) => offset);

/** Key number `turn` in the order. */
const keyOf = ({ isDownward }: NadeKernel, keys: number) =>
  isDownward ? `${keys - 1}u - turn` : "turn";

/** Floats of a row that are kept for the weights' gradients: what the hidden units have seen of the whole chord. */
export const nadeFloats = ({ hidden }: NadeKernel) => hidden;

const isSounding = `
    var sounds = 0.0;
    for (var c = first; c < last; c++) { if (batch[target_ + c] == k) { sounds = 1.0; } }`;

/**
 * One row of NADE (outputs/nade.ts), key by key; the lanes of the row share the hidden units. Sets nll, leaves the gradients by b and
 * c, divided as the loss says, in place of the readout, and what the hidden units have seen at v, for `nadeWeights`.
 */
export function nadeRow(program: Program, fused: NadeKernel): string {
  const keys = program.model.output.targetSize;
  const { hidden, readsBoth } = fused;
  const [W, V, c] = placesOf(program);
  const own = Math.ceil(hidden / lanes);
  const units = (body: string) => `for (var i = 0u; i < ${own}u; i++) {
      let unit = lane + i * ${lanes}u;
      if (unit < ${hidden}u) { ${body} }
    }`;
  const bias = readsBoth ? `work[y + ${keys}u + unit]` : `weights[w + ${c}u + unit]`;
  const row = (matrix: number) => `weights[w + ${matrix}u + k * ${hidden}u + unit]`;
  const key = keyOf(fused, keys);
  return `
  let first = batch[targetOffsets_ + row]; let last = batch[targetOffsets_ + row + 1u];
  let v = values_ + row * ${nadeFloats(fused)}u;
  var seen: array<f32, ${own}>;
  var state: array<f32, ${own}>;
  ${units(`seen[i] = ${bias}; state[i] = sigmoidOf(seen[i]);`)}
  var nll = 0.0;
  for (var turn = 0u; turn < ${keys}u; turn++) {
    let k = ${key};
    var part = 0.0;
    ${units(`part += ${row(V)} * state[i];`)}
    let logit = work[y + k] + sumOf(lid, part);${isSounding}
    nll += softplusOf(logit) - logit * sounds;
    let e = expOf(-abs(logit));
    let small = 1.0 / (1.0 + e);
    storageBarrier();
    if (inside && lane == 0u) { work[y + k] = (select(small, e * small, logit < 0.0) - sounds) * scale; }
    if (sounds == 1.0) { ${units(`seen[i] += ${row(W)}; state[i] = sigmoidOf(seen[i]);`)} }
  }
  ${units(`if (inside) { work[v + unit] = seen[i]; }`)}
  storageBarrier();
  var slope: array<f32, ${own}>;
  for (var back = 0u; back < ${keys}u; back++) {
    let turn = ${keys - 1}u - back;
    let k = ${key};${isSounding}
    let d = work[y + k];
    if (sounds == 1.0) { ${units(`seen[i] -= ${row(W)}; state[i] = sigmoidOf(seen[i]);`)} }
    ${units(`slope[i] += d * ${row(V)} * (state[i] - state[i] * state[i]);`)}
  }
  ${readsBoth ? units(`if (inside) { work[y + ${keys}u + unit] = slope[i]; }`) : ""}`;
}

/**
 * The gradients by W, V and c where it is a parameter: an invocation for every hidden unit and chunk of rows goes through the keys
 * backward, as above. Grid: 64 hidden units a workgroup × chunks.
 */
export function nadeWeights(program: Program, fused: NadeKernel, weights: WeightLayout): string {
  const { output } = program.model;
  const { targetSize: keys, readoutSize } = output;
  const { hidden, readsBoth } = fused;
  const [W, V, c] = placesOf(program);
  const { parameterFloats } = program;
  const at = (matrix: number) => `${matrix}u + k * ${hidden}u + unit`;
  return `
  let w = slot_ * ${weights.floats}u;
  let unit = group.x * 64u + lid;
  if (unit >= ${hidden}u || group.y >= splits_) { return; }
  let partial = partials_ + group.y * ${parameterFloats}u;
  for (var k = 0u; k < ${keys}u; k++) { work[partial + ${at(W)}] = 0.0; work[partial + ${at(V)}] = 0.0; }
  var bias = 0.0;
  let start = group.y * chunk_; let end = min(rows_, start + chunk_);
  for (var row = start; row < end; row++) {
    let y = readout_ + row * ${readoutSize}u;
    if (weights_ != 0u) { if (bitcast<f32>(batch[weights_ + row]) == 0.0) { continue; } }
    let first = batch[targetOffsets_ + row]; let last = batch[targetOffsets_ + row + 1u];
    var seen = work[values_ + row * ${nadeFloats(fused)}u + unit];
    var state = sigmoidOf(seen);
    var slope = 0.0;
    for (var back = 0u; back < ${keys}u; back++) {
      let turn = ${keys - 1}u - back;
      let k = ${keyOf(fused, keys)};${isSounding}
      if (sounds == 1.0) {
        work[partial + ${at(W)}] += slope;
        seen -= weights[w + ${at(W)}];
        state = sigmoidOf(seen);
      }
      let d = work[y + k];
      work[partial + ${at(V)}] += d * state;
      slope += d * weights[w + ${at(V)}] * (state - state * state);
    }
    bias += slope;
  }
  ${readsBoth ? "" : `work[partial + ${c}u + unit] = bias;`}`;
}
