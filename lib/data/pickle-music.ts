import { BadFileError } from "../errors.js";
import { type ReadMusic, type Split, splits } from "./dataset.js";
import { emptyRollsWarning } from "./empty-pieces.js";
import { type PianoRoll, pianoRoll } from "./piano-roll.js";
import { readPickle } from "./pickle.js";
import { describe } from "./pickle-stack.js";
import type { PickleValue } from "./pickle-value.js";
import { RollBudget } from "./roll-budget.js";

const mostNotes = 128; // in a step: MIDI has no more

/**
 * A music set from a pickle of Boulanger-Lewandowski, Bengio and Vincent (2012): a dict with `train`, `valid` and `test`, each a
 * list of sequences, a sequence a list of steps, a step a list, tuple, set or bytes of the MIDI note numbers that sound in it.
 *
 * @throws BadFileError when the file is no such pickle, or asks for anything to be executed
 */
export function pianoRollsFromPickle(bytes: Uint8Array, file: string): ReadMusic {
  const content = readPickle(bytes, file);
  const budget = new RollBudget(file, bytes.length);
  if (!(content instanceof Map))
    throw new BadFileError(
      file,
      0,
      `expected a dict of train, valid and test, got ${describe(content)}`,
    );
  const rolls = (split: Split) =>
    items(content.get(split) ?? null, file, split, "a list of sequences").map((sequence, i) => {
      const where = `${split} ${i}`;
      const steps = items(sequence, file, where, "a list of steps");
      budget.spend(steps.length, 0);
      const notes = steps.map((step, t) => notesOf(step, file, `${where} step ${t}`, budget));
      return pianoRoll(notes, `${file} ${where}`);
    });
  const [train, valid, test] = splits.map(rolls) as [PianoRoll[], PianoRoll[], PianoRoll[]];
  return { train, valid, test, warnings: emptyRollsWarning({ train, valid, test }) };
}

function notesOf(step: PickleValue, file: string, where: string, budget: RollBudget): number[] {
  const isOther = step instanceof Set || step instanceof Uint8Array;
  const notes = isOther ? [...step] : items(step, file, where, "a list of notes");
  if (notes.length > mostNotes)
    throw bad(file, where, `at most ${mostNotes} notes`, `${notes.length}`);
  budget.spend(0, notes.length);
  for (const note of notes)
    if (typeof note !== "number" || !Number.isInteger(note) || note < 0 || note > 127)
      throw bad(
        file,
        where,
        "MIDI note numbers 0 to 127",
        typeof note === "number" ? `${note}` : describe(note),
      );
  if (notes.length > 2 && notes.every((note) => note === 0 || note === 1))
    throw bad(file, where, "the notes that sound", `a row of ${notes.length} zeros and ones`);
  return notes as number[];
}

function items(
  value: PickleValue,
  file: string,
  where: string,
  expected: string,
): readonly PickleValue[] {
  if (!Array.isArray(value)) throw bad(file, where, expected, describe(value));
  return value;
}

function bad(file: string, where: string, expected: string, got: string): BadFileError {
  return new BadFileError(file, 0, `${where}: expected ${expected}, got ${got}`);
}
