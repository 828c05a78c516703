import { stream } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { sampleRow } from "../outputs/evaluate.js";
import { generator } from "../random/generator.js";
import type { Step } from "../tasks/sequence-kind.js";
import {
  classesOf,
  firstStep,
  inputRow,
  isContinued,
  type RowUnits,
  targetStep,
} from "../tasks/unit-rows.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { checkTemperature, type SamplingOptions } from "./sampling.js";

/** A trained model with the units of its numbers, as `train` and `readWeights` return it. */
export type Trained = Pick<TrainedModel, "model" | "parameters" | "units">;

export interface SequenceSamplingOptions extends SamplingOptions {
  /** Steps to make (default 100). */
  readonly steps?: number;
  /**
   * Steps that the model reads first, in the data's own units; not part of what comes out. Default: one
   * of which nothing is known (a series' means, the end of a line).
   */
  readonly primer?: ArrayLike<Step>;
}

/**
 * A sequence that goes on by itself: at each step the model's distribution is drawn from, and what is
 * drawn is read next.
 *
 * @returns [steps] steps in the data's own units: numbers of each column, or the name of a class
 * @throws GatedRnnError `usage` for a model that does not predict what it reads, a primer of another
 * kind, and options out of range
 */
export async function sampleSequence(
  trained: Trained,
  options: SequenceSamplingOptions = {},
): Promise<Step[]> {
  const units = rowUnits(trained);
  if (!isContinued(units))
    throw new GatedRnnError(
      "usage",
      "sampling: expected a model that predicts its own next input, got one of other targets; use predictSequence",
    );
  const { steps = 100, seed = 1 } = options;
  const temperature = checkTemperature(options.temperature ?? 1);
  if (!Number.isInteger(steps) || steps < 1)
    throw new GatedRnnError("usage", `sampling: expected at least 1 step, got ${steps}`);
  const primer = Array.from(options.primer ?? []);
  if (primer.length === 0) primer.push(firstStep(units));
  const read = primer.map((step, t) => inputRow(units, step, t));
  const random = generator(seed, "sample sequence");
  const network = await stream(trained);
  try {
    for (const row of read.slice(0, -1)) network.step(row);
    let row = read[read.length - 1];
    return Array.from({ length: steps }, () => {
      const step = targetStep(
        units,
        sampleRow(trained.model.output, network.step(row), random, temperature, {
          weights: trained.parameters,
        }),
      );
      row = inputRow(units, step, 0);
      return step;
    });
  } finally {
    network.close();
  }
}

/**
 * New text, character by character; see `sampleSequence`.
 *
 * @throws GatedRnnError `usage` for a model of something else, and a primer of characters that it does not know
 */
export async function sampleText(
  trained: Trained,
  options: Omit<SequenceSamplingOptions, "primer"> & { readonly primer?: string } = {},
): Promise<string> {
  const { primer = "", ...rest } = options;
  if (trained.units?.kind !== "text")
    throw new GatedRnnError(
      "usage",
      `sampling: expected a model of text, got one of ${trained.units?.kind ?? "unknown units"}`,
    );
  const made = await sampleSequence(trained, { ...rest, primer: Array.from(primer) });
  return made.join("");
}

/** What a model says of a step. */
export interface Prediction {
  /** In the data's own units: of numbers the mean, of classes and counts the likeliest. */
  readonly likeliest: Step;
  /** Of classes: each one's chance. */
  readonly chances?: Readonly<Record<string, number>>;
}

/**
 * What a model predicts at each step of a sequence; where it has one target for the whole of it, what
 * counts is the last.
 *
 * @param input [time] steps in the data's own units
 * @throws GatedRnnError `usage` for steps of another kind than the model's
 */
export async function predictSequence(
  trained: Trained,
  input: ArrayLike<Step>,
): Promise<Prediction[]> {
  const units = rowUnits(trained);
  const { output } = trained.model;
  const rows = Array.from(input, (step, t) => inputRow(units, step, t));
  const random = generator(0, "predict"); // at temperature 0 nothing is drawn
  const network = await stream(trained);
  try {
    return rows.map((row) => {
      const readout = network.step(row);
      const drawn = sampleRow(output, readout, random, 0, { weights: trained.parameters });
      const likeliest = targetStep(units, drawn);
      return output.name === "categorical"
        ? { likeliest, chances: chancesOf(units, readout) }
        : { likeliest };
    });
  } finally {
    network.close();
  }
}

function chancesOf(units: RowUnits, logits: Float32Array): Record<string, number> {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((v) => Math.exp(v - most));
  const total = weights.reduce((a, b) => a + b);
  return Object.fromEntries(classesOf(units).map((name, k) => [name, weights[k] / total]));
}

function rowUnits({ units }: Trained): RowUnits {
  if (units && units.kind !== "music" && units.kind !== "speech") return units;
  throw new GatedRnnError(
    "usage",
    `sampling: expected a model of sequences or text, got one of ${units?.kind ?? "unknown units"}; music and speech have sampleMusic and sampleSpeech`,
  );
}
