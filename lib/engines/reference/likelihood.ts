import type * as tf from "@tensorflow/tfjs";
import { deviationFloor, type GaussianMixtureOutput, type Output } from "../../outputs/output.js";
import type { Tensorflow } from "./forward.js";

/** NLL of every row in nats, [rows], of targets [rows, target] given readouts [rows, readout]. */
export function nllOf(
  t: Tensorflow,
  output: Output,
  readout: tf.Tensor2D,
  target: tf.Tensor2D,
): tf.Tensor1D {
  switch (output.kind) {
    case "bernoulli": // −y log σ(l) − (1 − y) log(1 − σ(l)) = log(1 + exp(l)) − l y
      return t.sum(t.sub(softplus(t, readout), t.mul(readout, target)), 1);
    case "gaussian-mixture":
      return mixtureNll(t, output, readout, target);
  }
}

function mixtureNll(
  t: Tensorflow,
  { targetSize, components }: GaussianMixtureOutput,
  readout: tf.Tensor2D,
  target: tf.Tensor2D,
): tf.Tensor1D {
  const [rows] = readout.shape;
  const size = targetSize * components;
  const logits = t.slice(readout, [0, 0], [rows, components]);
  const perSample = (first: number) =>
    t.reshape(t.slice(readout, [0, first], [rows, size]), [rows, targetSize, components]);
  const mean = perSample(components);
  const deviation = t.add(softplus(t, perSample(components + size)), deviationFloor);
  const z = t.div(t.sub(t.reshape(target, [rows, targetSize, 1]), mean), deviation);
  const logDensity = t.sub(
    -0.5 * targetSize * Math.log(2 * Math.PI),
    t.sum(t.add(t.mul(t.square(z), 0.5), t.log(deviation)), 1),
  );
  const logWeight = t.sub(logits, t.logSumExp(logits, 1, true));
  return t.neg(t.logSumExp(t.add(logWeight, logDensity), 1)) as tf.Tensor1D;
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), which never overflows. */
function softplus(t: Tensorflow, x: tf.Tensor): tf.Tensor {
  return t.add(t.relu(x), t.log1p(t.exp(t.neg(t.abs(x)))));
}
