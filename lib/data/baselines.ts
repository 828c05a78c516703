import { GatedRnnError } from "../errors.js";
import { type MusicDataset, type Split, splits } from "./dataset.js";
import { notesAt, type PianoRoll } from "./piano-roll.js";
import { checkDataset, isPredictable } from "./predictable-steps.js";
import { checkRoll } from "./roll-check.js";

/** Mean NLL in nats over the predicted steps of a split, and the mean of the sequences' own means. */
export interface BaselineNll {
  /** Mean over all predicted steps, in nats. */
  readonly nllPerStep: number;
  /** Mean of the sequences' sums, in nats. */
  readonly nllPerSequence: number;
}

/** A simple model and its NLL on each split: what a recurrent network must beat. */
export interface Baseline extends Readonly<Record<Split, BaselineNll>> {
  readonly name:
    | "bernoulli"
    | "markov"
    | "gaussian"
    | "autoregressive"
    | "memoryless"
    | "frequencies"
    | "successors"
    | "mean"
    | "last-value"
    | "rate";
}

/**
 * What models without a network reach, on the very steps that a network is scored on (steps 2 … T of a piece):
 *
 * - `bernoulli`: every key sounds with its own frequency, whatever came before;
 * - `markov`: every key sounds with one frequency when it sounded one step before, and another when it did not.
 *
 * Frequencies are counted on the predicted steps of the training split with add-one smoothing: (sounded + 1) / (steps + 2).
 *
 * @throws GatedRnnError `usage` when a split has nothing to predict, a note lies outside the keys, or a roll is none
 */
export function baselines(dataset: MusicDataset): Baseline[] {
  checkDataset(dataset);
  for (const split of splits) for (const roll of dataset[split]) checkNotes(roll, dataset);
  return (["bernoulli", "markov"] as const).map((name) => {
    const order = name === "markov" ? 1 : 0;
    const probability = frequencies(dataset, order);
    const scored = splits.map((split) => [
      split,
      score(dataset[split], dataset, probability, order),
    ]);
    return { name, ...(Object.fromEntries(scored) as Record<Split, BaselineNll>) };
  });
}

function checkNotes(roll: PianoRoll, { lowestNote, keys }: MusicDataset): void {
  checkRoll(roll);
  const outside = roll.notes.find((note) => note < lowestNote || note >= lowestNote + keys);
  if (outside !== undefined)
    throw new GatedRnnError(
      "usage",
      `baselines: expected notes from ${lowestNote} to ${lowestNote + keys - 1}, got ${outside} in ${roll.name ?? "a piece"}`,
    );
}

/** Calls `visit` for every key of every predicted step: whether it sounds, and its state (did it sound the step before). */
function eachKey(
  roll: PianoRoll,
  { lowestNote, keys }: MusicDataset,
  visit: (key: number, before: number, sounds: number) => void,
): void {
  const before = new Uint8Array(keys);
  const now = new Uint8Array(keys);
  for (let t = 0; t < roll.length; t++) {
    now.fill(0);
    for (const note of notesAt(roll, t)) now[note - lowestNote] = 1;
    if (t > 0) for (let key = 0; key < keys; key++) visit(key, before[key], now[key]);
    before.set(now);
  }
}

/** [keys × 2] probability that a key sounds, by key and state; without memory both states hold the same. */
function frequencies(dataset: MusicDataset, order: 0 | 1): Float64Array {
  const sounded = new Float64Array(dataset.keys * 2);
  const steps = new Float64Array(dataset.keys * 2);
  for (const roll of dataset.train)
    eachKey(roll, dataset, (key, before, sounds) => {
      const state = key * 2 + order * before;
      sounded[state] += sounds;
      steps[state] += 1;
    });
  return sounded.map((_, i) => {
    const state = order === 1 ? i : i - (i % 2);
    return (sounded[state] + 1) / (steps[state] + 2);
  });
}

function score(
  rolls: readonly PianoRoll[],
  dataset: MusicDataset,
  probability: Float64Array,
  order: 0 | 1,
): BaselineNll {
  let total = 0;
  let steps = 0;
  let means = 0;
  const silent = probability.map((p) => Math.log(1 - p));
  const sounding = probability.map(Math.log);
  const scored = rolls.filter(isPredictable);
  for (const roll of scored) {
    let nll = 0;
    eachKey(roll, dataset, (key, before, sounds) => {
      nll -= (sounds ? sounding : silent)[key * 2 + order * before];
    });
    total += nll;
    steps += roll.length - 1;
    means += nll / (roll.length - 1);
  }
  return { nllPerStep: total / steps, nllPerSequence: means / scored.length };
}
