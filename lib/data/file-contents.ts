import { BadFileError, GatedRnnError } from "../errors.js";
import { latin1 } from "./byte-reader.js";
import { datasetChecksum } from "./checksum.js";
import { type RollCounts, rollCounts } from "./counts.js";
import type { MusicSplits, Split } from "./dataset.js";
import { emptyRollsWarning } from "./empty-pieces.js";
import { readMat } from "./mat.js";
import type { MatHead } from "./mat-matrix.js";
import { isSplit, pianoRollsFromMat } from "./mat-music.js";
import { type MidiContents, midiContents } from "./midi-contents.js";
import { otherSound } from "./other-sound.js";
import { pianoRollsFromPickle } from "./pickle-music.js";
import { parsePrepared } from "./prepared-file.js";
import { wavInMemory } from "./wav.js";
import { isWav } from "./wav-container.js";
import { type WavContents, wavContents } from "./wav-contents.js";
import { type ZipContents, zipContents } from "./zip-contents.js";

type FileKind = "mat" | "pickle" | "prepared";
/** What was found in a file, by its `kind`; see `fileContents`. */
export type FileContents = MusicContents | MidiContents | WavContents | ZipContents;

/** What is in a file that can hold a music set. */
export interface MusicContents {
  readonly kind: FileKind;
  /** Length of the file. */
  readonly bytes: number;
  /** Variables of a MATLAB file. */
  readonly variables?: readonly {
    readonly name: string;
    /** Such as "cells", "numbers" or "struct". */
    readonly kind: string;
    readonly dimensions: readonly number[];
  }[];
  /** Sequences, steps and notes per split, and the checksum over them, when it is a music set. */
  readonly splits?: Readonly<Record<Split, RollCounts>>;
  readonly checksum?: string;
  /** Which pieces have nothing to predict, where there are any. */
  readonly warnings?: readonly string[];
}

const titles: Readonly<Record<FileKind, string>> = {
  mat: "MATLAB 5 file",
  pickle: "Python pickle",
  prepared: "prepared set",
};

/** The kind in a reader's words. */
export const fileKindTitle = (kind: FileKind): string => titles[kind];

/**
 * Reads a data file and says what it contains. The kind follows from the first bytes, and where they say nothing from the
 * name's ending (.mid, .wav, .zip, .mat, .pickle, .pkl, .json.gz).
 *
 * @throws BadFileError or GatedRnnError `bad-file` when it is none of these or malformed
 */
export async function fileContents(bytes: Uint8Array, file: string): Promise<FileContents> {
  const kind = kindOf(bytes, file);
  if (kind === "midi") return midiContents(bytes, file);
  if (kind === "wav") return wavContents(wavInMemory(bytes, file));
  if (kind === "zip") return zipContents({ bytes, file });
  return musicContents(kind, bytes, file);
}

/** A split, or what can be checked on the way; structs, and cells of whatever there may be, are named only. */
const isReadable = ({ name, title }: MatHead) =>
  isSplit(name) || ["numbers", "text", "sparse"].includes(title);

function musicContents(kind: FileKind, bytes: Uint8Array, file: string): MusicContents {
  const about = { kind, bytes: bytes.length };
  if (kind !== "mat")
    return {
      ...about,
      ...music(kind === "pickle" ? pianoRollsFromPickle(bytes, file) : parsePrepared(bytes, file)),
    };
  const variables = Array.from(readMat(bytes, file, isReadable), ({ name, value }) => ({
    name,
    kind: value.kind === "passed over" ? value.title : value.kind,
    dimensions: value.dimensions,
  }));
  const isMusic = ["traindata", "validdata", "testdata"].every((name) =>
    variables.some((v) => v.name === name),
  );
  return { ...about, variables, ...(isMusic ? music(pianoRollsFromMat(bytes, file)) : {}) };
}

function music({ train, valid, test }: MusicSplits): Partial<MusicContents> {
  const sets = { train, valid, test };
  const warnings = emptyRollsWarning(sets);
  const about = { splits: rollCounts(sets), checksum: datasetChecksum(sets) };
  return warnings.length > 0 ? { ...about, warnings } : about;
}

function kindOf(bytes: Uint8Array, file: string): FileContents["kind"] {
  const start = latin1(bytes.subarray(0, 4));
  if (start === "MThd" || (start === "RIFF" && latin1(bytes.subarray(8, 12)) === "RMID"))
    return "midi";
  if (isWav(bytes)) return "wav";
  if (start === "PK\x03\x04" || start === "PK\x05\x06") return "zip";
  const order = String.fromCharCode(...bytes.subarray(126, 128));
  if (order === "IM" || order === "MI") return "mat";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "prepared";
  if (bytes[0] === 0x80 && bytes[1] <= 5) return "pickle";
  if (/\.mat$/i.test(file)) return "mat";
  if (/\.(pickle|pkl)$/i.test(file)) return "pickle";
  if (/\.gz$/i.test(file)) return "prepared";
  if (/\.(mid|midi|kar)$/i.test(file)) return "midi";
  if (/\.wav$/i.test(file)) return "wav";
  if (/\.zip$/i.test(file)) return "zip";
  throw new BadFileError(
    file,
    0,
    `expected a MIDI, WAV, MATLAB 5 or zip file, a pickle or a prepared set, got ${otherSound(bytes) ?? "none of them"}`,
  );
}

/** More than any file of this package's data sets. */
const mostFileBytes = 256 * 2 ** 20;

/** @throws GatedRnnError `bad-file` */
export function checkFileSize(file: string, bytes: number): void {
  if (bytes > mostFileBytes)
    throw new GatedRnnError(
      "bad-file",
      `${file}: expected at most ${mostFileBytes} bytes, got ${bytes}`,
    );
}
