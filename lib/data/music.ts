import { GatedRnnError } from "../errors.js";
import type { MusicDataset } from "./dataset.js";
import { emptyRollsWarning } from "./empty-pieces.js";
import {
  dataFolder,
  type MusicSetName,
  musicSetName,
  musicSetNames,
  musicSets,
  preparedFile,
} from "./music-sets.js";
import { readPrepared } from "./prepared-file.js";

export { datasetChecksum } from "./checksum.js";

/** Where a music set is read from, and what is done with it. */
export interface MusicOptions {
  /** Where prepared sets lie; by default the environment variable GATED_RNN_DATA, else `gated-rnn` in the user's cache. */
  readonly folder?: string;
  /**
   * `piano` (default): the 88 keys of a piano, MIDI notes 21 … 108. `paper`: MIDI notes 1 … the set's highest note, the
   * paper's 93 to 108 inputs; the lowest are never used, and the NLL is the same.
   */
  readonly dims?: "piano" | "paper";
}

/**
 * One of the paper's music sets, with its original split, from its prepared file.
 *
 * @param name jsb, nottingham, musedata or piano-midi
 * @throws GatedRnnError `usage` for another name, `data-missing` when the set is not prepared, `bad-file` when its file is corrupted
 */
export async function loadMusic(
  name: string,
  { folder = dataFolder(), dims = "piano" }: MusicOptions = {},
): Promise<MusicDataset> {
  const known = musicSetName(name);
  const { title, paperKeys, stepsPerQuarter } = musicSets[known];
  const { checksum, train, valid, test } = read(known, folder);
  const warnings = emptyRollsWarning({ train, valid, test });
  const keys = dims === "paper" ? { lowestNote: 1, keys: paperKeys } : { lowestNote: 21, keys: 88 };
  return {
    kind: "music",
    name: known,
    title,
    synthetic: false,
    ...keys,
    stepsPerQuarter,
    checksum,
    train,
    valid,
    test,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function read(name: MusicSetName, folder: string) {
  const file = preparedFile(name, folder);
  try {
    const set = readPrepared(file);
    if (set.name === name) return set;
    throw new GatedRnnError(
      "bad-file",
      `${file}: expected the set ${name}, got ${set.name}; run gated-rnn data prepare ${name}`,
    );
  } catch (error) {
    if (error instanceof GatedRnnError && error.code === "data-missing")
      throw new GatedRnnError(
        "data-missing",
        `${name}: expected a prepared set in ${folder}, got none; run gated-rnn data prepare ${name}`,
      );
    throw error;
  }
}

interface PreparedState {
  readonly name: MusicSetName;
  readonly prepared: boolean;
  /** Why a set that has a file cannot be used. */
  readonly problem?: string;
}

/** Which of the four sets can be loaded from a folder. */
export async function preparedSets(folder?: string): Promise<PreparedState[]> {
  return Promise.all(
    musicSetNames.map(async (name): Promise<PreparedState> => {
      try {
        await loadMusic(name, folder === undefined ? {} : { folder });
        return { name, prepared: true };
      } catch (error) {
        if (!(error instanceof GatedRnnError)) throw error;
        return error.code === "data-missing"
          ? { name, prepared: false }
          : { name, prepared: false, problem: error.message };
      }
    }),
  );
}
