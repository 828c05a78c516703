/**
 * What a model predicts from its hidden state: an affine readout y = h · W_y + b_y of `readoutSize` numbers, and the
 * negative log-likelihood of a target row given y.
 */
export type Output = BernoulliOutput;

/** One logistic sigmoid per piano key; the NLL of a step is the sum over keys of the binary cross-entropy, in nats. */
export interface BernoulliOutput {
  readonly kind: "bernoulli";
  /** Keys: width of the target and of the readout. */
  readonly targetSize: number;
  readonly readoutSize: number;
}

export function bernoulli(keys: number): BernoulliOutput {
  return { kind: "bernoulli", targetSize: keys, readoutSize: keys };
}
