import type { Cell } from "../cells/cell.js";
import { hiddenSizeFor, paperHiddenSizes } from "../cells/size.js";
import { GatedRnnError } from "../errors.js";
import type { Task } from "../tasks/task.js";
import { protocols } from "./protocol.js";
import { type RunConfiguration, runConfiguration } from "./record.js";

/**
 * What the kind of data decides: hidden units, or parameters of the recurrent layer where the paper
 * does not have the cell or the data; batches; and weight noise, which the paper has on its own data
 * and which other data should be asked for first.
 */
const byKind = {
  music: { sizes: paperHiddenSizes.music, budget: 20_000, batchSize: 2, weightNoise: 0.075 },
  speech: { sizes: paperHiddenSizes.speech, budget: 169_000, batchSize: 8, weightNoise: 0.075 },
  own: { sizes: {}, budget: 20_000, batchSize: 16, weightNoise: 0 },
} as const;

const kindOf = ({ units: { kind } }: Task) =>
  kind === "music" || kind === "speech" ? kind : "own";

/**
 * What a run is unless told otherwise: the paper's protocol with our choices where it says nothing (momentum, ε, batch size, decay
 * of the rate, patience), or with those of the authors' published code; see `protocols`.
 *
 * @throws GatedRnnError `usage` when an option is out of its range
 */
export function configurationOf(
  task: Task,
  cell: Cell,
  options: Partial<RunConfiguration>,
): RunConfiguration {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const { budget, batchSize, weightNoise, ...usual } = byKind[kindOf(task)];
  const protocol = runConfiguration.shape.protocol.safeParse(options.protocol);
  const sizes: Readonly<Record<string, number>> = usual.sizes;
  const configuration = {
    data: task.name,
    cell: cell.name,
    hiddenSize: Object.hasOwn(sizes, cell.name)
      ? sizes[cell.name]
      : hiddenSizeFor(cell, task.inputSize, budget),
    seed: 1,
    batchSize,
    weightNoise,
    ...protocols[protocol.data ?? "ours"],
    ...given,
  };
  const checked = runConfiguration.safeParse(configuration);
  if (checked.success) {
    if (checked.data.epsilon > 0 || checked.data.rootFloor > 0) return checked.data;
    throw new GatedRnnError(
      "usage",
      "epsilon: expected a positive epsilon or rootFloor, got 0 for both; RMSProp divides by a root that may be 0",
    );
  }
  const [{ path, message }] = checked.error.issues;
  const key = String(path[0]);
  throw new GatedRnnError(
    "usage",
    `${key}: ${message}, got ${String(configuration[key as keyof typeof configuration])}`,
  );
}

/** The learning rate of an update: linear decay from the first to `finalLearningRate` of it at the last. */
export function decayedLearningRate(
  { learningRate, finalLearningRate }: RunConfiguration,
  update: number,
  updates: number,
): number {
  return learningRate * (1 - (1 - finalLearningRate) * (updates > 1 ? update / (updates - 1) : 0));
}
