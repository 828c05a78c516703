import { type Split, splits } from "../data/dataset.js";
import { type SplitRule, splitGroups } from "../data/split-rule.js";
import { GatedRnnError } from "../errors.js";
import { checkPredictable } from "./predictable.js";
import type { Labelled } from "./read-sequences.js";
import { rowsTask } from "./rows.js";
import { rowsChecksum } from "./rows-checksum.js";
import type { SequenceKind, Step } from "./sequence-kind.js";
import { sequenceRows } from "./sequence-rows.js";
import type { Task } from "./task.js";
import { checkTaskName } from "./task-name.js";

/** A sequence with what is to be predicted; without a target that is the next step of the input. */
export interface LabelledSequence {
  /** [time] steps. */
  readonly input: ArrayLike<Step>;
  /**
   * [time] for each step, null where it is not known; or one for the whole sequence: a number or a
   * name, to be predicted at its last step.
   */
  readonly target?: number | string | ArrayLike<Step | null>;
  /** [time] by what the NLL of a step counts, from 0 on; default 1. */
  readonly weights?: ArrayLike<number>;
}

/** Steps alone are to be continued: each is predicted from those before it. */
export type Sequence = ArrayLike<Step> | LabelledSequence;

/** Splits as they are, or sequences to be split by a seeded rule. */
export type SequenceSplits =
  | (Readonly<Record<Split, readonly Sequence[]>> & { readonly sequences?: undefined })
  | { readonly sequences: readonly Sequence[]; readonly split?: SplitRule };

/**
 * Own sequences in three splits, or in one to be split, and what is predicted of them; see
 * `sequenceTask`.
 */
export type SequenceTaskOptions = SequenceSplits &
  SequenceKind & {
    /** In records and names of files (default "sequences"). */
    readonly name?: string;
    /** For readers (default: the name). */
    readonly title?: string;
    /** Made up rather than measured (default false): every table says so. */
    readonly synthetic?: boolean;
  };

/**
 * A task of plain arrays: numbers, classes, counts or keys, per step or per sequence, of any length.
 *
 *   sequenceTask({ train, valid, test })                   number[][] each: the next values
 *   sequenceTask({ sequences: [{ input, target }, …] })    targets of every step; split by a rule
 *   sequenceTask({ sequences: [{ input, target: "a" }] })  a class of the whole sequence
 *
 * Normalisation is fitted on the training split alone, and kept with the weights.
 *
 * @throws GatedRnnError `usage`, naming split, sequence and step, for ragged widths, numbers that are
 * not finite, unknown classes, targets or weights of another length; and for a split with nothing to
 * predict
 */
export function sequenceTask(options: SequenceTaskOptions): Task {
  const name = checkTaskName(options.name ?? "sequences");
  const { title = name, synthetic = false } = options;
  const { rows, units, inputSize, output } = sequenceRows(name, splitsOf(name, options), options);
  const checksum = rowsChecksum(rows, units);
  const mayCut = units.of !== "sequence";
  const about = { name, title, synthetic, checksum, units, inputSize, output, mayCut };
  const task = rowsTask({ ...about, ...rows });
  checkPredictable(task);
  return task;
}

/** Every sequence with its parts apart, by split. */
function splitsOf(name: string, options: SequenceSplits): Record<Split, readonly Labelled[]> {
  if (options.sequences === undefined) {
    for (const split of splits)
      if (!Array.isArray(options[split]))
        throw new GatedRnnError(
          "usage",
          `${name}: expected ${split} to be an array of sequences, got ${typeof options[split]}; or give \`sequences\`, to be split by a rule`,
        );
    const { train, valid, test } = options;
    return { train: train.map(labelled), valid: valid.map(labelled), test: test.map(labelled) };
  }
  // what is the same goes into one split: a copy in the test split would be known already
  const sequences = options.sequences.map(labelled);
  const contents = sequences.map((sequence) => JSON.stringify(sequence, plain));
  const assigned = splitGroups(contents, options.split);
  const of = (split: Split) => sequences.filter((_, i) => assigned.get(contents[i]) === split);
  return { train: of("train"), valid: of("valid"), test: of("test") };
}

const labelled = (sequence: Sequence): Labelled =>
  typeof sequence === "object" && sequence !== null && "input" in sequence
    ? sequence
    : { input: sequence };

/** JSON of typed arrays as of plain ones. */
const plain = (_: string, value: unknown) =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
