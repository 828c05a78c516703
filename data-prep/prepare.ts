import { dirname, join } from "node:path";
import { datasetChecksum } from "../lib/data/checksum.js";
import { rollCounts } from "../lib/data/counts.js";
import { type Split, splits } from "../lib/data/dataset.js";
import { pianoRollsFromMat } from "../lib/data/mat-music.js";
import {
  dataFolder,
  type MusicSetName,
  musicSetName,
  preparedFile,
} from "../lib/data/music-sets.js";
import type { PianoRoll } from "../lib/data/piano-roll.js";
import { pianoRollsFromPickle } from "../lib/data/pickle-music.js";
import { preparedBytes } from "../lib/data/prepared-file.js";
import { GatedRnnError } from "../lib/errors.js";
import { removeLeftovers } from "../lib/files/leftovers.js";
import { tryFiles } from "../lib/files/place.js";
import { readRegularFile } from "../lib/files/regular-file.js";
import { writeWholeFile } from "../lib/files/whole-file.js";
import { type FetchOptions, fetchSource } from "./fetch.js";
import { type MusicSource, musicSources, type SourceFile } from "./sources.js";

export interface PrepareOptions extends FetchOptions {
  /** Where fetched and prepared files go; by default the environment variable GATED_RNN_DATA, else `gated-rnn` in the user's cache. */
  readonly folder?: string;
}

interface Prepared {
  readonly name: MusicSetName;
  /** The prepared file. */
  readonly file: string;
  readonly checksum: string;
  readonly source: SourceFile;
}

/** Where fetched files lie. */
const sourceFolder = (folder = dataFolder()): string => join(folder, "sources");

/**
 * Fetches music sets (see `fetchSource`), reads them, checks their numbers of sequences, steps and notes and their checksum, and
 * writes their prepared files: each appears whole or not at all.
 *
 * @param names of jsb, nottingham, musedata, piano-midi
 * @throws GatedRnnError `usage` for an unknown name; `record` when the folder cannot be written; `download` when a set cannot be had (`data-missing` when the network is
 *   refused); `bad-file` when what was fetched does not contain what it must
 */
export async function prepareMusic(
  names: readonly string[],
  options: PrepareOptions = {},
): Promise<Prepared[]> {
  const known = names.map(musicSetName);
  const unreachable = new Set<string>();
  const prepared: Prepared[] = [];
  for (const name of known) prepared.push(await prepareSet(name, { unreachable, ...options }));
  return prepared;
}

async function prepareSet(name: MusicSetName, options: PrepareOptions): Promise<Prepared> {
  const { folder = dataFolder() } = options;
  const file = preparedFile(name, folder);
  tryFiles([file]);
  removeLeftovers(dirname(file));
  const { file: fetched, source } = await fetchMusic(name, options);
  const read = source.kind === "mat" ? pianoRollsFromMat : pianoRollsFromPickle;
  const sets = read(readRegularFile(fetched), fetched);
  checkContents(name, sets, musicSources[name]);
  const checksum = datasetChecksum(sets);
  const { path, sha256 } = source;
  writeWholeFile(file, preparedBytes({ name, checksum, source: { path, sha256 }, ...sets }));
  return { name, file, checksum, source };
}

/** The first of a set's files that can be had. */
export async function fetchMusic(
  name: MusicSetName,
  options: PrepareOptions = {},
): Promise<{ file: string; source: SourceFile }> {
  const { folder = dataFolder() } = options;
  const tried: GatedRnnError[] = [];
  for (const source of musicSources[name].files)
    try {
      return { file: await fetchSource(source, sourceFolder(folder), options), source };
    } catch (error) {
      if (!(error instanceof GatedRnnError) || error.code === "record") throw error;
      if (options.signal?.aborted) throw error;
      tried.push(error);
    }
  const code = tried.some((error) => error.code === "download") ? "download" : "data-missing";
  const remedy =
    "connect to the network, or set GATED_RNN_MIRROR to a folder that holds such a file";
  throw new GatedRnnError(
    code,
    `${name}: expected one of its files, got none (${tried.map((e) => e.message).join(" | ")}); ${remedy}`,
  );
}

/** @throws GatedRnnError `bad-file` when sequences, steps, notes or the checksum are not those of the published set */
export function checkContents(
  name: string,
  sets: Readonly<Record<Split, readonly PianoRoll[]>>,
  { counts, checksum }: Pick<MusicSource, "counts" | "checksum">,
): void {
  const found = rollCounts(sets);
  for (const split of splits)
    for (const what of ["sequences", "steps", "notes"] as const)
      if (found[split][what] !== counts[split][what])
        throw new GatedRnnError(
          "bad-file",
          `${name} ${split}: expected ${counts[split][what]} ${what}, got ${found[split][what]}; fetch it again`,
        );
  const actual = datasetChecksum(sets);
  if (actual !== checksum)
    throw new GatedRnnError(
      "bad-file",
      `${name}: expected contents with checksum ${checksum}, got ${actual}; fetch it again`,
    );
}
