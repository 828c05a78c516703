import type { Program } from "../../../compile/program.js";
import { deviationFloor } from "../../../outputs/index.js";
import { rowKind } from "../../../outputs/output.js";
import { fusedOutput } from "../../fused-outputs.js";
import { type Kernel, kernel } from "./kernel.js";
import { nadeRow, nadeWeights } from "./nade.js";
import { lanes, reductions, rowsPerWorkgroup } from "./reductions.js";
import { equationsRow } from "./rows.js";
import type { WeightLayout } from "./weights.js";

/**
 * NLL of every row, and its gradient, weighted and divided as the run's loss says, in place of the readout. Grid: four rows a
 * workgroup.
 */
export function loss(program: Program, weights: WeightLayout): Kernel {
  const {
    model: { output },
    outputRows,
    outputParameters,
  } = program;
  const fused = fusedOutput(output);
  const target = { kind: rowKind(output), size: output.targetSize };
  const row =
    fused?.kernel === "bernoulli"
      ? bernoulliRow(output.readoutSize)
      : fused?.kernel === "mixture"
        ? mixtureRow(fused.components, output.targetSize)
        : fused?.kernel === "nade"
          ? nadeRow(program, fused)
          : equationsRow(outputRows, outputParameters, target);
  return kernel({
    name: `loss of ${output.name}`,
    buffers: {
      batch: "read",
      work: "read_write",
      results: "read_write",
      ...(outputParameters.length > 0 ? { weights: "read" } : {}),
    },
    workgroupSize: lanes * rowsPerWorkgroup,
    shared: { scratch: lanes * rowsPerWorkgroup },
    functions: reductions,
    body: `
  let lane = lid % ${lanes}u;
  let wanted = flat * ${rowsPerWorkgroup}u + lid / ${lanes}u;
  let inside = wanted < rows_;
  let row = min(wanted, rows_ - 1u);
  let y = readout_ + row * ${output.readoutSize}u;
  var weight = 1.0;
  if (weights_ != 0u) { weight = bitcast<f32>(batch[weights_ + row]); }
  let scale = scale_ * weight;
  let w = slot_ * ${weights.floats}u;
  ${row}
  if (weight == 0.0) { // counts for nothing, whatever stands in it
    nll = 0.0;
    for (var j = lane; j < ${output.readoutSize}u; j += ${lanes}u) { if (inside) { work[y + j] = 0.0; } }
  }
  if (inside && lane == 0u) { results[nll_ + row] = nll * weight; }`,
  });
}

/**
 * The gradients by the output's own parameters, chunk by chunk, from what `loss` left; none where it has none. Grid: 64 numbers of them
 * (of NADE hidden units) a workgroup × chunks.
 */
export function outputGradients(
  program: Program,
  weights: WeightLayout,
): (Kernel & { readonly columns: number }) | undefined {
  const { model, outputParameters, outputRows, parameterFloats } = program;
  if (outputParameters.length === 0) return undefined;
  const fused = fusedOutput(model.output);
  const size = outputParameters.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  const made = (body: string) =>
    kernel({
      name: `output's gradients of ${model.output.name}`,
      buffers: {
        batch: "read",
        work: "read_write",
        ...(fused?.kernel === "nade" ? { weights: "read" } : {}),
      },
      workgroupSize: 64,
      body,
    });
  if (fused?.kernel === "nade")
    return { ...made(nadeWeights(program, fused, weights)), columns: Math.ceil(fused.hidden / 64) };
  let first = 0;
  const places = outputParameters.map(({ offset, rows, columns, slope }) => {
    const begin = first;
    first += rows * columns;
    const from = slope < 0 ? "" : `slope = v + ${slope}u + i - ${begin}u; `;
    return `if (i >= ${begin}u && i < ${first}u) { at = ${offset}u + i - ${begin}u; ${from}}`;
  });
  return {
    columns: Math.ceil(size / 64),
    ...made(`
  let i = group.x * 64u + lid;
  if (i >= ${size}u || group.y >= splits_) { return; }
  let none = 0xffffffffu;
  let v = values_;
  var at = 0u;
  var slope = none;
  ${places.join(" else ")}
  var total = 0.0;
  let start = group.y * chunk_; let end = min(rows_, start + chunk_);
  for (var row = start; row < end; row++) {
    var weight = 1.0;
    if (weights_ != 0u) { weight = bitcast<f32>(batch[weights_ + row]); }
    if (weight != 0.0 && slope != none) { total += work[slope + row * ${outputRows.floats}u] * weight; }
  }
  work[partials_ + group.y * ${parameterFloats}u + at] = total * scale_;`),
  };
}

/** ln(1 + e^y) summed over the keys, less y over the keys that sound; gradient σ(y) − target. */
function bernoulliRow(keys: number): string {
  return `
  let first = batch[targetOffsets_ + row]; let last = batch[targetOffsets_ + row + 1u];
  var part = 0.0;
  for (var j = lane; j < ${keys}u; j += ${lanes}u) {
    let v = work[y + j];
    var sounds = 0.0;
    for (var c = first; c < last; c++) { if (batch[target_ + c] == j) { sounds = 1.0; } }
    part += softplusOf(v) - v * sounds;
    let e = expOf(-abs(v));
    let small = 1.0 / (1.0 + e);
    if (inside) { work[y + j] = (select(small, e * small, v < 0.0) - sounds) * scale; }
  }
  var nll = sumOf(lid, part);`;
}

/**
 * engines/native/c/mixture.h: NLL = D / 2 ln 2π − ln Σ_k e^a_k by log-sum-exp. Shares that are 0 have no gradient, however far
 * their component.
 */
function mixtureRow(components: number, targetSize: number): string {
  const each = (body: string) => `for (var i = 0u; i < ${Math.ceil(components / lanes)}u; i++) {
    let k = lane + i * ${lanes}u;
    if (k < ${components}u) { ${body} }
  }`;
  const deviation = (k: string) => `
      let mean = work[y + ${components}u + d * ${components}u + ${k}];
      let s = work[y + ${components * (1 + targetSize)}u + d * ${components}u + ${k}];
      let e = expOf(-abs(s));
      let deviation = softplusOf(s) + ${deviationFloor};
      let z = (bitcast<f32>(batch[target_ + row * ${targetSize}u + d]) - mean) / deviation;`;
  return `
  var joint: array<f32, ${Math.ceil(components / lanes)}>;
  var most = -3.0e38;
  ${each("most = larger(most, work[y + k]);")}
  let topLogit = mostOf(lid, most);
  var part = 0.0;
  ${each("part += expOf(work[y + k] - topLogit);")}
  let totalLogit = sumOf(lid, part);
  most = -3.0e38;
  ${each(`
      var energy = 0.0;
      for (var d = 0u; d < ${targetSize}u; d++) { ${deviation("k")}
        energy += 0.5 * z * z + logOf(deviation);
      }
      joint[i] = work[y + k] - topLogit - logOf(totalLogit) - energy;
      most = larger(most, joint[i]);`)}
  let topJoint = mostOf(lid, most);
  part = 0.0;
  ${each("part += expOf(joint[i] - topJoint);")}
  let totalJoint = sumOf(lid, part);
  var nll = ${(targetSize / 2) * Math.log(2 * Math.PI)} - topJoint - logOf(totalJoint);
  if (topJoint <= -2.9e38) { nll = topJoint * topJoint; } // infinitely unlikely
  if (inside) {
  ${each(`
      let share = expOf(joint[i] - topJoint) * scale / totalJoint;
      work[y + k] = expOf(work[y + k] - topLogit) * scale / totalLogit - share;
      for (var d = 0u; d < ${targetSize}u; d++) { ${deviation("k")}
        let small = 1.0 / (1.0 + e);
        let sigmoid = select(small, e * small, s < 0.0);
        work[y + ${components}u + d * ${components}u + k] = select(-z / deviation * share, 0.0, share == 0.0);
        work[y + ${components * (1 + targetSize)}u + d * ${components}u + k] =
          select((1.0 - z * z) / deviation * sigmoid * share, 0.0, share == 0.0);
      }`)}
  }`;
}
