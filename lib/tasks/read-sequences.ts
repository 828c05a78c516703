import { type Split, splits } from "../data/dataset.js";
import { GatedRnnError } from "../errors.js";
import { isList, type Place, refuse } from "./place.js";
import type { RowReader } from "./row-readers.js";
import type { SequenceRows } from "./rows-data.js";

/** A sequence as it comes in, its parts apart; what they are is still to be seen. */
export interface Labelled {
  readonly input: unknown;
  readonly target?: unknown;
  readonly weights?: unknown;
}

export type LabelledSplits = Readonly<Record<Split, readonly Labelled[]>>;

/** Of what the targets are: the next step of the input, every step, or the whole sequence. */
export type TargetOf = "next" | "step" | "sequence";

/**
 * Which of the three it is; all sequences are alike.
 *
 * @throws GatedRnnError `usage` where some are not
 */
export function targetOf(task: string, sequences: LabelledSplits): TargetOf {
  const kind = ({ target }: Labelled) =>
    target === undefined ? "next" : isList(target) ? "step" : "sequence";
  let first: TargetOf | undefined;
  for (const split of splits)
    for (const [sequence, labelled] of sequences[split].entries()) {
      first ??= kind(labelled);
      if (kind(labelled) !== first)
        refuse({ task, split, sequence, step: undefined }, expected[first], labelled.target);
    }
  return first ?? "next";
}

const expected: Readonly<Record<TargetOf, string>> = {
  next: "no target, as the first sequence has none",
  step: "a target for each step, as the first sequence has",
  sequence: "one target for the whole sequence, as the first has",
};

/** All steps of a target, or those of the input that are to be predicted. */
export function* targetSteps(of: TargetOf, sequences: readonly Labelled[]): Iterable<unknown> {
  for (const { input, target } of sequences)
    if (of === "sequence") yield target;
    else {
      const steps = of === "next" ? input : target;
      if (isList(steps)) for (let t = 0; t < steps.length; t++) yield steps[t];
    }
}

/**
 * Takes all sequences in, training first.
 *
 * @throws GatedRnnError `usage`, naming split, sequence and step
 */
export function readSequences(
  task: string,
  sequences: LabelledSplits,
  of: TargetOf,
  input: RowReader,
  target: RowReader,
): SequenceRows {
  const weights: number[] = [];
  const starts = { train: [0], valid: [0], test: [0] };
  for (const split of splits) {
    starts[split] = [weights.length];
    for (const [sequence, labelled] of sequences[split].entries()) {
      const place: Place = { task, split, sequence, step: undefined };
      const steps = stepsOf(labelled.input, place);
      const goals = goalsOf(of, steps, labelled.target, place);
      const given = weightsOf(labelled.weights, steps.length, place);
      const [from, ahead] = of === "next" ? [1, 1] : [0, 0]; // a first step is only read
      for (let t = from; t < steps.length; t++) {
        place.step = t - ahead;
        input.add(steps[t - ahead], place);
        place.step = t;
        const goal = goals(t);
        target.add(goal, place);
        const isGoal = goal !== null && (of !== "sequence" || t === steps.length - 1);
        weights.push(isGoal ? given(t) : 0);
      }
      starts[split].push(weights.length);
    }
  }
  const training = starts.train[starts.train.length - 1];
  return {
    starts: {
      train: Int32Array.from(starts.train),
      valid: Int32Array.from(starts.valid),
      test: Int32Array.from(starts.test),
    },
    input: input.rows(training),
    target: target.rows(training),
    ...(weights.every((w) => w === 1) ? {} : { weights: Float32Array.from(weights) }),
  };
}

function stepsOf(input: unknown, place: Place): ArrayLike<unknown> {
  if (!isList(input)) refuse(place, "an array of steps, or { input, target }", input);
  if (input.length === 0) refuse(place, "at least one step", input, "leave the sequence out");
  return input;
}

/** The target of each step. */
function goalsOf(of: TargetOf, steps: ArrayLike<unknown>, target: unknown, place: Place) {
  if (of === "next") return (t: number) => steps[t];
  if (of === "sequence") return () => target;
  const goals = target as ArrayLike<unknown>;
  if (goals.length !== steps.length)
    refuse(place, `a target for each of ${steps.length} steps`, goals);
  return (t: number) => goals[t];
}

function weightsOf(weights: unknown, steps: number, place: Place): (t: number) => number {
  if (weights === undefined) return () => 1;
  if (!isList(weights) || weights.length !== steps)
    refuse(place, `a weight for each of ${steps} steps`, weights);
  return (t) => {
    const weight = weights[t];
    if (typeof weight === "number" && weight >= 0 && Number.isFinite(weight)) return weight;
    place.step = t;
    return refuse(place, "a weight from 0 on", weight);
  };
}

/** @throws GatedRnnError `usage` for what is no number of keys */
export function keyCount(task: string, option: string, count: number | undefined): number {
  if (Number.isInteger(count) && (count as number) >= 1 && (count as number) <= 1e6)
    return count as number;
  throw new GatedRnnError(
    "usage",
    `${task}: expected \`${option}\` to say how many keys there are, got ${count}`,
  );
}
