import { gunzipSync, gzipSync } from "node:zlib";
import { GatedRnnError } from "../errors.js";
import { readRegularFile } from "../files/regular-file.js";
import { datasetChecksum } from "./checksum.js";
import { type Split, splits } from "./dataset.js";
import { notesAt, type PianoRoll, pianoRoll } from "./piano-roll.js";

/**
 * A prepared set: gzipped JSON with one list of steps per sequence and one list of MIDI note numbers per step. `checksum` is
 * `datasetChecksum` of the splits, `source` says which file they were read from.
 */
interface PreparedSet extends Readonly<Record<Split, readonly PianoRoll[]>> {
  readonly name: string;
  readonly checksum: string;
  readonly source: { readonly path: string; readonly sha256: string };
}

const format = "gated-rnn piano-rolls 1";
const mostBytes = 64 * 2 ** 20; // unpacked; the largest set has 8 MB

/** The bytes of a prepared file; the same content gives the same bytes. */
export function preparedBytes({ name, checksum, source, ...sets }: PreparedSet): Buffer {
  const lists = Object.fromEntries(splits.map((split) => [split, sets[split].map(steps)]));
  return gzipSync(JSON.stringify({ format, name, checksum, source, ...lists }));
}

function steps(roll: PianoRoll): number[][] {
  return Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)]);
}

/**
 * Reads a prepared file and checks it against its own checksum.
 *
 * @throws GatedRnnError `data-missing` when there is no such file, `bad-file` when it is not what `preparedBytes` wrote
 */
export function readPrepared(file: string): PreparedSet {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new GatedRnnError("data-missing", `${file}: expected a prepared set, got no such file`);
  }
  return parsePrepared(bytes, file);
}

/** @throws GatedRnnError `bad-file` when the bytes are not what `preparedBytes` wrote */
export function parsePrepared(bytes: Uint8Array, file: string): PreparedSet {
  const bad = (expected: string, got: string) =>
    new GatedRnnError(
      "bad-file",
      `${file}: expected ${expected}, got ${got}; run gated-rnn data prepare`,
    );
  let content: unknown;
  try {
    content = JSON.parse(gunzipSync(bytes, { maxOutputLength: mostBytes }).toString("utf8"));
  } catch (error) {
    throw bad("a prepared set (gzipped JSON)", (error as Error).message);
  }
  if (!isRecord(content)) throw bad("an object", "something else");
  if (content.format !== format) throw bad(`format "${format}"`, `${content.format}`);
  const { name, checksum, source } = content;
  if (typeof name !== "string" || typeof checksum !== "string")
    throw bad("a name and a checksum", "none");
  if (!isRecord(source) || typeof source.path !== "string" || typeof source.sha256 !== "string")
    throw bad("the source's path and sha256", "none");
  const lists = content;
  const sets = Object.fromEntries(
    splits.map((split) => {
      const list = lists[split];
      if (!isListOfRolls(list))
        throw bad(`lists of steps of MIDI notes in ${split}`, "something else");
      return [split, list.map((roll, i) => pianoRoll(roll, `${name} ${split} ${i}`))];
    }),
  ) as Record<Split, PianoRoll[]>;
  const actual = datasetChecksum(sets);
  if (actual !== checksum) throw bad(`content with checksum ${checksum}`, actual);
  return { name, checksum, source: { path: source.path, sha256: source.sha256 }, ...sets };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfRolls(value: unknown): value is number[][][] {
  return (
    Array.isArray(value) &&
    value.every(
      (roll) =>
        Array.isArray(roll) && roll.every((step) => Array.isArray(step) && step.every(isNote)),
    )
  );
}

function isNote(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 127;
}
