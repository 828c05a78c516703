import { GatedRnnError } from "../errors.js";
import { thousands } from "../files/thousands.js";
import type { Model } from "./model.js";

/** What a model asks of a machine before its first update. */
interface ModelCost {
  readonly parameters: number;
  /** About what training holds besides a batch: see `copies`. */
  readonly bytes: number;
  /** About how long its recurrent matrices take to be made orthogonal, on one core. */
  readonly seconds: number;
}

/**
 * 32-bit floats that lie in memory for each parameter: the engine's own (parameter, optimiser's two, gradient, noisy copy, packed
 * panels), initial and best state, and a checkpoint while it is written.
 */
const copies = 16;

/** Making an [n, n] matrix orthogonal takes 4 n³ operations; measured at 1.5 to 2.5 in a nanosecond. */
const operationsPerSecond = 1.5e9;

/** Longer than anybody waits for a beginning. */
const mostSeconds = 12 * 3600;

export function modelCost({ parameters }: Model): ModelCost {
  const sizes = parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const count = sizes.reduce((a, b) => a + b, 0);
  const operations = parameters
    .filter(({ role }) => role === "recurrent-weight")
    .reduce((sum, { shape }) => sum + 4 * shape[0] ** 3, 0);
  return {
    parameters: count,
    bytes: 4 * copies * count,
    seconds: operations / operationsPerSecond,
  };
}

/**
 * Refuses a model that no machine of so much memory can train, before any of it is made.
 *
 * @param memoryBytes of the machine; default: only what takes senselessly long is refused
 * @throws GatedRnnError `usage`, with the numbers
 */
export function checkModelSize(model: Model, memoryBytes = Number.POSITIVE_INFINITY): void {
  const { parameters, bytes, seconds } = modelCost(model);
  const what = `${model.cell.name} of ${thousands(model.hiddenSize)} hidden units, ${thousands(parameters)} parameters`;
  const gibibytes = (n: number) => `${(n / 2 ** 30).toFixed(n < 2 ** 37 ? 1 : 0)} GiB`;
  if (bytes > memoryBytes)
    throw new GatedRnnError(
      "usage",
      `model: expected one that fits in this machine's ${gibibytes(memoryBytes)}, got ${what}, which takes about ${gibibytes(bytes)}; choose fewer hidden units`,
    );
  if (seconds > mostSeconds)
    throw new GatedRnnError(
      "usage",
      `model: expected one whose initial weights are made within ${mostSeconds / 3600} hours, got ${what}, about ${thousands(Math.ceil(seconds / 3600))} hours; choose fewer hidden units`,
    );
}
