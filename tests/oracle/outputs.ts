import {
  deviationFloor,
  type GaussianMixtureOutput,
  type Output,
} from "../../lib/outputs/output.js";

/** NLL of one step and its slope by every number of the readout, in float64. */
export interface StepNll {
  readonly nll: number;
  readonly slope: Float64Array;
}

/** NLL of a target row given a readout row, by the formulas as they stand in lib/outputs. */
export function stepNll(output: Output, readout: Float64Array, target: Float64Array): StepNll {
  switch (output.kind) {
    case "bernoulli":
      return {
        nll: readout.reduce((sum, l, k) => sum + softplus(l) - l * target[k], 0),
        slope: readout.map((l, k) => sigmoid(l) - target[k]),
      };
    case "gaussian-mixture":
      return mixtureNll(output, readout, target);
  }
}

function mixtureNll(
  { components, targetSize }: GaussianMixtureOutput,
  readout: Float64Array,
  target: Float64Array,
): StepNll {
  const logits = readout.slice(0, components);
  const normaliser = logSumExp(logits);
  const meanAt = (d: number, k: number) => components + d * components + k;
  const rawAt = (d: number, k: number) => meanAt(targetSize + d, k);
  const deviation = (d: number, k: number) => softplus(readout[rawAt(d, k)]) + deviationFloor;
  const z = (d: number, k: number) => (target[d] - readout[meanAt(d, k)]) / deviation(d, k);
  const joint = logits.map((logit, k) => {
    let log = logit - normaliser;
    for (let d = 0; d < targetSize; d++)
      log -= 0.5 * z(d, k) ** 2 + Math.log(deviation(d, k)) + 0.5 * Math.log(2 * Math.PI);
    return log;
  });
  const likelihood = logSumExp(joint);
  const slope = new Float64Array(readout.length);
  for (let k = 0; k < components; k++) {
    const share = Math.exp(joint[k] - likelihood);
    slope[k] = Math.exp(logits[k] - normaliser) - share;
    for (let d = 0; d < targetSize; d++) {
      slope[meanAt(d, k)] = (-share * z(d, k)) / deviation(d, k);
      slope[rawAt(d, k)] =
        ((share * (1 - z(d, k) ** 2)) / deviation(d, k)) * sigmoid(readout[rawAt(d, k)]);
    }
  }
  return { nll: -likelihood, slope };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function logSumExp(values: Float64Array): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}
