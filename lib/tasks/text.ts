import type { Rows } from "../data/batch.js";
import { type Split, splits } from "../data/dataset.js";
import { type SplitRule, splitGroups } from "../data/split-rule.js";
import { GatedRnnError } from "../errors.js";
import { classNames } from "./class-names.js";
import { cutInPlace } from "./cut-in-place.js";
import { classesOutput } from "./outputs.js";
import { checkPredictable } from "./predictable.js";
import { rowsTask } from "./rows.js";
import { rowsChecksum } from "./rows-checksum.js";
import type { Task } from "./task.js";
import { checkTaskName } from "./task-name.js";
import type { Units } from "./units.js";

/** One text, cut into splits where it stands; several, split by a seeded rule; or the splits. */
export type Texts =
  | string
  | readonly string[]
  | Readonly<Record<Split, string | readonly string[]>>;

/** How text becomes a task; see `textTask`. */
export interface TextTaskOptions {
  /** In records and names of files (default "text"). */
  readonly name?: string;
  readonly title?: string;
  readonly synthetic?: boolean;
  /** Shares of validation and test (default 0.1 each); of one text they are its last parts. */
  readonly split?: SplitRule;
  /**
   * Characters that are predicted before the network forgets all and begins anew (default: 200 of
   * one text, whole texts of several).
   */
  readonly steps?: number;
}

/**
 * Text by characters (code points): from each to the next, read one-hot and predicted as one of all
 * characters that occur in any split.
 *
 * @throws GatedRnnError `usage` for what is no text, and a split with nothing to predict
 */
export function textTask(texts: Texts, options: TextTaskOptions = {}): Task {
  const { title, synthetic = false } = options;
  const name = checkTaskName(options.name ?? "text");
  const steps = options.steps ?? (typeof texts === "string" ? 200 : Number.POSITIVE_INFINITY);
  if (!(steps >= 1 && (Number.isInteger(steps) || steps === Number.POSITIVE_INFINITY)))
    throw new GatedRnnError("usage", `${name}: expected steps from 1 on, got ${steps}`);
  const parts = splitsOf(name, texts, options.split ?? {});
  const found = new Set<string>();
  for (const split of splits)
    for (const text of parts[split]) for (const character of text) found.add(character);
  const characters = classNames(name, [...found].sort(byCodePoint), []);
  const rows = textRows(parts, characters, steps);
  const units: Units = { kind: "text", characters };
  const task = rowsTask({
    name,
    title: title ?? name,
    synthetic,
    checksum: rowsChecksum(rows, units),
    units,
    inputSize: characters.length,
    output: classesOutput(characters.length),
    mayCut: true,
    ...rows,
  });
  checkPredictable(task);
  return task;
}

const byCodePoint = (a: string, b: string) => Number(a.codePointAt(0)) - Number(b.codePointAt(0));

/** A text of T characters has T − 1 to predict: all but the first. */
function textRows(
  parts: Readonly<Record<Split, readonly (readonly string[])[]>>,
  characters: readonly string[],
  steps: number,
) {
  const places = new Map(characters.map((character, index) => [character, index]));
  const [read, predicted]: [number[], number[]] = [[], []];
  const starts: Record<Split, number[]> = { train: [], valid: [], test: [] };
  for (const split of splits) {
    for (const text of parts[split]) {
      for (let at = 0; at + 1 < text.length; at++) {
        if (at % steps === 0) starts[split].push(read.length);
        read.push(places.get(text[at]) as number);
        predicted.push(places.get(text[at + 1]) as number);
      }
    }
    starts[split].push(read.length);
  }
  const oneHot = (columns: readonly number[]): Rows => ({
    kind: "sparse",
    width: characters.length,
    offsets: Int32Array.from({ length: columns.length + 1 }, (_, r) => r),
    columns: Int32Array.from(columns),
  });
  return {
    starts: {
      train: Int32Array.from(starts.train),
      valid: Int32Array.from(starts.valid),
      test: Int32Array.from(starts.test),
    },
    input: oneHot(read),
    target: oneHot(predicted),
  };
}

/** The characters of every text, by split. */
function splitsOf(name: string, texts: Texts, rule: SplitRule): Record<Split, string[][]> {
  if (typeof texts === "string") {
    const text = charactersOf(name, texts);
    const [valid, test] = cutInPlace(name, text.length, rule);
    return {
      train: [text.slice(0, valid)],
      valid: [text.slice(valid, test)],
      test: [text.slice(test)],
    };
  }
  if (isMany(texts)) {
    const assigned = splitGroups(texts, rule);
    const of = (split: Split) =>
      texts.filter((text) => assigned.get(text) === split).map((text) => charactersOf(name, text));
    return { train: of("train"), valid: of("valid"), test: of("test") };
  }
  const of = (split: Split) => {
    const given = texts[split];
    const all = typeof given === "string" ? [given] : (given ?? []);
    return all.map((text) => charactersOf(name, text));
  };
  return { train: of("train"), valid: of("valid"), test: of("test") };
}

const isMany = (texts: Texts): texts is readonly string[] => Array.isArray(texts);

function charactersOf(name: string, text: unknown): string[] {
  if (typeof text === "string" && !/\p{Surrogate}/u.test(text)) return Array.from(text);
  const got = typeof text === "string" ? "half a character (a lone surrogate)" : typeof text;
  throw new GatedRnnError("usage", `${name}: expected text, got ${got}; decode it as UTF-8`);
}
