import type { Case } from "./cases.mts";

/** One way to make a training step. */
export interface Peer {
  readonly name: string;
  /** What it is, exactly: version, build, what it leaves out. */
  readonly detail: string;
  /** @throws Error when it cannot do this case, and why */
  open(on: Case): Promise<OpenPeer>;
}

export interface OpenPeer {
  /** Makes one whole training step and returns its milliseconds of wall-clock time. */
  step(): Promise<number>;
  close(): Promise<void>;
}

/** The settings of every peer's step, as far as it has them. */
export const settings = {
  ...{ learningRate: 1e-4, weightNoise: 0.075, noiseSeed: 1, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};
