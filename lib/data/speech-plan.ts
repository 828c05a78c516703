import { GatedRnnError } from "../errors.js";
import { generator } from "../random/generator.js";
import { type Split, splits } from "./dataset.js";
import { seedNumber, wholeNumber } from "./whole-number.js";

/** A recording, as far as a plan has to know it. */
export interface Recording {
  readonly file: string;
  /** Samples at the set's rate. */
  readonly samples: number;
  readonly split: Split;
  /** Recordings of one group can be joined: a speaker. */
  readonly group: string;
}

/** Some samples of a recording, and where they go: from sample `at` of sequence `sequence` of the set on. */
export interface Piece {
  readonly first: number;
  readonly count: number;
  readonly sequence: number;
  readonly at: number;
}

interface SpeechPlan {
  readonly sequences: Readonly<Record<Split, number>>;
  /** The pieces of each recording that is used. */
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
}

export interface PlanOptions {
  /** Samples of a sequence. */
  readonly sequenceSamples: number;
  /** Join the recordings of a group, in a random order, before cutting (default false: a recording's last samples are left out). */
  readonly join?: boolean;
  /** How many sequences each split has, chosen at random (default: all there are). */
  readonly counts?: Readonly<Record<Split, number>>;
  /** Of the choice and of the order (default 1). */
  readonly seed?: number;
}

interface Part {
  readonly file: string;
  readonly first: number;
  readonly count: number;
}

/**
 * How recordings are cut into sequences of one length, without reading a sample. Sequences are numbered through the
 * training, validation and test split. Only recordings of one split, and of one group, are ever joined.
 *
 * @throws GatedRnnError `usage` when a split has fewer sequences than it should
 */
export function planSpeech(
  recordings: readonly Recording[],
  { sequenceSamples, join = false, counts, seed = 1 }: PlanOptions,
): SpeechPlan {
  wholeNumber("speech", "samples of a sequence", sequenceSamples, 1, 2 ** 28);
  seedNumber("speech", seed);
  for (const split of counts ? splits : [])
    wholeNumber("speech", `sequences in ${split}`, counts?.[split] ?? Number.NaN, 1);
  const pieces = new Map<string, Piece[]>();
  const sequences = { train: 0, valid: 0, test: 0 };
  let sequence = 0;
  for (const split of splits) {
    const own = recordings.filter((r) => r.split === split);
    const streams = join
      ? joined(own, generator(seed, `join ${split}`).shuffle)
      : own.map((r) => [r]);
    const all = streams.flatMap((stream) => cut(stream, sequenceSamples));
    const wanted = counts?.[split] ?? all.length;
    if (all.length < Math.max(1, wanted))
      throw new GatedRnnError(
        "usage",
        `speech: expected at least ${Math.max(1, wanted)} sequences of ${sequenceSamples} samples in ${split}, got ${all.length}`,
      );
    const chosen = counts ? generator(seed, `choose ${split}`).shuffle(all).slice(0, wanted) : all;
    for (const parts of chosen) {
      let at = 0;
      for (const { file, first, count } of parts) {
        const list = pieces.get(file) ?? [];
        list.push({ first, count, sequence, at });
        pieces.set(file, list);
        at += count;
      }
      sequence++;
    }
    sequences[split] = chosen.length;
  }
  return { sequences, pieces };
}

function joined(
  recordings: readonly Recording[],
  shuffle: <T>(items: readonly T[]) => T[],
): Recording[][] {
  const groups = new Map<string, Recording[]>();
  for (const recording of recordings)
    groups.set(recording.group, [...(groups.get(recording.group) ?? []), recording]);
  return [...groups.keys()].sort().map((group) => shuffle(groups.get(group) ?? []));
}

/** The sequences of some recordings one after the other; what is left at the end is too short for one. */
function cut(stream: readonly Recording[], length: number): Part[][] {
  const sequences: Part[][] = [];
  let parts: Part[] = [];
  let missing = length;
  for (const { file, samples } of stream)
    for (let first = 0; first < samples; ) {
      const count = Math.min(missing, samples - first);
      parts.push({ file, first, count });
      first += count;
      missing -= count;
      if (missing === 0) {
        sequences.push(parts);
        parts = [];
        missing = length;
      }
    }
  return sequences;
}
