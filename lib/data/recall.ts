import { GatedRnnError } from "../errors.js";
import { type Generator, generator } from "../random/generator.js";
import { datasetChecksum } from "./checksum.js";
import type { MusicDataset } from "./dataset.js";
import { type PianoRoll, pianoRoll } from "./piano-roll.js";
import { seedNumber, shown, wholeNumber } from "./whole-number.js";

/** Notes that may have to be remembered; the scale's notes lie above them. */
const remembered = 8;
const longest = 80;
const pieces = { train: 400, valid: 100, test: 200 } as const;

/**
 * A memory task in the shape of music: a piece begins with one of eight notes, then a scale of `delay` notes rises, the same in every piece, then
 * the first note comes again. The scale can be played by who knows the last note only; the end needs a memory of `delay` steps.
 *
 * `entropyPerStep` is 0, that of a perfect memory; `recallForgotten` is the price of having none.
 *
 * @param delay notes of the scale, 1 to 80
 * @throws GatedRnnError `usage` for another delay, or a seed that is none
 */
export function recallTask(delay: number, seed = 1): MusicDataset {
  if (!(Number.isInteger(delay) && delay >= 1 && delay <= longest))
    throw new GatedRnnError(
      "usage",
      `recall: expected a delay of 1 to ${longest} steps, got ${shown(delay)}`,
    );
  seedNumber("recall", seed);
  const make = (split: keyof typeof pieces) => {
    const random = generator(seed, `recall ${split}`);
    return Array.from({ length: pieces[split] }, (_, i) =>
      piece(delay, random, `recall ${split} ${i}`),
    );
  };
  const sets = { train: make("train"), valid: make("valid"), test: make("test") };
  return {
    kind: "music",
    name: `recall-${delay}`,
    title: `Recall after ${delay} steps`,
    synthetic: true,
    lowestNote: 21,
    keys: remembered + delay,
    stepsPerQuarter: 2,
    checksum: datasetChecksum(sets),
    ...sets,
    entropyPerStep: 0,
  };
}

function piece(delay: number, random: Generator, name: string): PianoRoll {
  const note = 21 + random.integer(remembered);
  return pianoRoll(
    [[note], ...Array.from({ length: delay }, (_, i) => [21 + remembered + i]), [note]],
    name,
  );
}

/**
 * NLL per step, in nats, of the best guess without memory of the first note: its chance is ⅛ for each of the eight keys, drawn on their own
 * as the output layer does, and everything else is known.
 */
export function recallForgotten(delay: number): number {
  wholeNumber("recall", "a delay", delay, 1, longest);
  const p = 1 / remembered;
  return (-remembered * (p * Math.log(p) + (1 - p) * Math.log(1 - p))) / (delay + 1);
}
