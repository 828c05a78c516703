import { deviationFloor, type Output } from "../../lib/outputs/index.js";

/** NLL of one step and its slope by every number of the readout, in float64. */
export interface StepNll {
  readonly nll: number;
  readonly slope: Float64Array;
  /** By the output's own parameters, where it has any. */
  readonly parameters?: Readonly<Record<string, Float64Array>>;
}

type Weights = ReadonlyMap<string, Float64Array>;
type Nll = (
  output: Output,
  readout: Float64Array,
  target: Float64Array,
  weights: Weights,
) => StepNll;

/** By the formulas as they stand in the papers and the docstrings of lib/outputs, derivatives by hand; none of the library's own. */
const formulas: Readonly<Record<string, Nll>> = {
  bernoulli: (_, readout, target) => ({
    nll: readout.reduce((sum, l, k) => sum + softplus(l) - l * target[k], 0),
    slope: readout.map((l, k) => sigmoid(l) - target[k]),
  }),
  "gaussian-mixture": mixtureNll,
  categorical: (_, readout, target) => {
    const normaliser = logSumExp(readout);
    return {
      nll: normaliser - readout[target.indexOf(1)],
      slope: readout.map((l, k) => Math.exp(l - normaliser) - target[k]),
    };
  },
  gaussian: ({ targetSize }, readout, target) => {
    const slope = new Float64Array(2 * targetSize);
    let nll = 0;
    target.forEach((x, d) => {
      const raw = readout[targetSize + d];
      const sigma = softplus(raw) + deviationFloor;
      const z = (x - readout[d]) / sigma;
      nll += 0.5 * z ** 2 + Math.log(sigma * Math.sqrt(2 * Math.PI));
      slope[d] = -z / sigma;
      slope[targetSize + d] = ((1 - z ** 2) / sigma) * sigmoid(raw);
    });
    return { nll, slope };
  },
  poisson: (_, readout, target) => {
    const rate = readout.map((y) => softplus(y) + 1e-6);
    return {
      nll: target.reduce((sum, x, d) => sum + rate[d] - x * Math.log(rate[d]) + lnFactorial(x), 0),
      slope: readout.map((y, d) => (1 - target[d] / rate[d]) * sigmoid(y)),
    };
  },
  nade: nadeNll,
  // the example of the recorder's docstring: a user's own
  laplace: (_, [mean, raw], [x]) => {
    const width = softplus(raw) + 0.01;
    const away = Math.abs(x - mean);
    return {
      nll: away / width + Math.log(2 * width),
      slope: Float64Array.of(
        -Math.sign(x - mean) / width,
        (1 / width - away / width ** 2) * sigmoid(raw),
      ),
    };
  },
};

/** NLL of a target row given a readout row. */
export function stepNll(
  output: Output,
  readout: Float64Array,
  target: Float64Array,
  weights: Weights = new Map(),
): StepNll {
  return formulas[output.name](output, readout, target, weights);
}

/**
 * Key by key, as Larochelle and Murray's algorithm 1 has it, forward with the running sum a and backward with its gradient; c is in the
 * readout behind b, or a parameter.
 */
function nadeNll(
  { targetSize: keys, readoutSize, graph }: Output,
  readout: Float64Array,
  target: Float64Array,
  weights: Weights,
): StepNll {
  const [W, V] = ["W", "V"].map((name) => weights.get(name) as Float64Array);
  const hidden = W.length / keys;
  const isDownward = graph.nodes.some(({ op }) => op === "after");
  const order = Array.from({ length: keys }, (_, k) => (isDownward ? keys - 1 - k : k));
  const c = readoutSize > keys ? readout.slice(keys) : (weights.get("c") as Float64Array);
  const a = Float64Array.from(c);
  const seen: Float64Array[] = [];
  const error = new Float64Array(keys);
  let nll = 0;
  for (const k of order) {
    seen[k] = a.map(sigmoid);
    const logit = seen[k].reduce((sum, s, i) => sum + V[k * hidden + i] * s, readout[k]);
    nll += target[k] === 1 ? softplus(-logit) : softplus(logit);
    error[k] = sigmoid(logit) - target[k];
    if (target[k] === 1) for (let i = 0; i < hidden; i++) a[i] += W[k * hidden + i];
  }
  const slopes = { W: new Float64Array(W.length), V: new Float64Array(V.length) };
  const reaching = new Float64Array(hidden);
  for (const k of order.reverse())
    for (let i = 0; i < hidden; i++) {
      const at = k * hidden + i;
      slopes.W[at] = target[k] * reaching[i];
      slopes.V[at] = error[k] * seen[k][i];
      reaching[i] += error[k] * V[at] * seen[k][i] * (1 - seen[k][i]);
    }
  return readoutSize > keys
    ? { nll, slope: Float64Array.of(...error, ...reaching), parameters: slopes }
    : { nll, slope: error, parameters: { ...slopes, c: reaching } };
}

function mixtureNll(
  { readoutSize, targetSize }: Output,
  readout: Float64Array,
  target: Float64Array,
): StepNll {
  const components = readoutSize / (1 + 2 * targetSize);
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
  const top = values.reduce((a, b) => Math.max(a, b));
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

function lnFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
