import { homedir } from "node:os";
import { join } from "node:path";
import { GatedRnnError } from "../errors.js";

/** The four polyphonic sets of Boulanger-Lewandowski, Bengio and Vincent (2012), by their names on the command line. */
export const musicSetNames = ["jsb", "nottingham", "musedata", "piano-midi"] as const;
export type MusicSetName = (typeof musicSetNames)[number];

interface MusicSet {
  /** Name for readers. */
  readonly title: string;
  /** The paper's input dimension: the set's highest MIDI note, note n being input n − 1. */
  readonly paperKeys: number;
  /** Time steps in a quarter note. */
  readonly stepsPerQuarter: number;
}

export const musicSets: Readonly<Record<MusicSetName, MusicSet>> = {
  jsb: { title: "JSB Chorales", paperKeys: 96, stepsPerQuarter: 1 },
  nottingham: { title: "Nottingham", paperKeys: 93, stepsPerQuarter: 2 },
  musedata: { title: "MuseData", paperKeys: 105, stepsPerQuarter: 2 },
  "piano-midi": { title: "Piano-midi.de", paperKeys: 108, stepsPerQuarter: 2 },
};

/** @throws GatedRnnError `usage` when there is no set of that name */
export function musicSetName(name: string): MusicSetName {
  const known = musicSetNames.find((n) => n === name);
  if (known) return known;
  throw new GatedRnnError(
    "usage",
    `data: expected one of ${musicSetNames.join(", ")}, got ${name}`,
  );
}

/** Where prepared sets and fetched files lie: GATED_RNN_DATA, else a folder of this package in the user's cache. */
export function dataFolder(): string {
  const { GATED_RNN_DATA: own, XDG_CACHE_HOME: cache } = process.env;
  return own || join(cache || join(homedir(), ".cache"), "gated-rnn");
}

/** The prepared file of a set. */
export function preparedFile(name: MusicSetName, folder = dataFolder()): string {
  return join(folder, "prepared", `${name}.json.gz`);
}
