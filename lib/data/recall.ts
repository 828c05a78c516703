import { GatedRnnError } from "../errors.js";
import { type Generator, generator } from "../random/generator.js";
import { datasetChecksum } from "./checksum.js";
import type { MusicDataset } from "./dataset.js";
import { type PianoRoll, pianoRoll } from "./piano-roll.js";

/** Notes that may have to be remembered, and the two that say "wait" and "now". */
const remembered = 8;
const waitNote = 21 + remembered;
const nowNote = waitNote + 1;
const pieces = { train: 400, valid: 100, test: 200 } as const;

/**
 * A memory task in the shape of music: a piece begins with one of eight notes, then a note that says "wait" sounds for `delay` steps,
 * then one that says "now", then the first note again. All but the last step can be predicted from the step before; the last one costs ln 8 nats
 * for who has forgotten, and nothing for who remembers.
 *
 * `entropyPerStep` is 0: a perfect memory's NLL. `recallForgotten` has the price of none.
 *
 * @param delay steps between the note and its return, at least 1
 * @throws GatedRnnError `usage` for another delay
 */
export function recallTask(delay: number, seed = 1): MusicDataset {
  if (!Number.isInteger(delay) || delay < 1) throw new GatedRnnError("usage", `recall: expected a delay of at least 1 step, got ${delay}`);
  const make = (split: keyof typeof pieces) => {
    const random = generator(seed, `recall ${split}`);
    return Array.from({ length: pieces[split] }, (_, i) => piece(delay, random, `recall ${split} ${i}`));
  };
  const sets = { train: make("train"), valid: make("valid"), test: make("test") };
  return {
    kind: "music",
    name: `recall-${delay}`,
    title: `Recall after ${delay} steps`,
    synthetic: true,
    lowestNote: 21,
    keys: remembered + 2,
    stepsPerQuarter: 2,
    checksum: datasetChecksum(sets),
    ...sets,
    entropyPerStep: 0,
  };
}

function piece(delay: number, random: Generator, name: string): PianoRoll {
  const note = 21 + random.integer(remembered);
  return pianoRoll([[note], ...Array.from({ length: delay - 1 }, () => [waitNote]), [nowNote], [note]], name);
}

/**
 * NLL per step, in nats, of the best guess without memory of the first note: its chance is ⅛ for each of the eight keys, drawn on their own
 * as the output layer does, and everything else is known.
 */
export function recallForgotten(delay: number): number {
  const p = 1 / remembered;
  return (-remembered * (p * Math.log(p) + (1 - p) * Math.log(1 - p))) / (delay + 1);
}
