import { stat } from "node:fs/promises";
import { checkContents } from "../../data-prep/prepare.js";
import { musicSources } from "../../data-prep/sources.js";
import { speechSources, spokenDigits } from "../../data-prep/speech.js";
import { type RollCounts, rollCounts } from "../data/counts.js";
import { type Split, splits } from "../data/dataset.js";
import { loadMusic } from "../data/music.js";
import { type MusicSetName, musicSetNames, musicSets, preparedFile } from "../data/music-sets.js";
import { samplesChecksumOf } from "../data/samples-file.js";
import {
  loadSpeech,
  type SpeechSetName,
  speechFile,
  speechSetNames,
  speechSets,
} from "../data/speech.js";
import { GatedRnnError } from "../errors.js";
import { thousands } from "../files/thousands.js";

export type SetName = MusicSetName | SpeechSetName;
export const setNames: readonly SetName[] = [...musicSetNames, ...speechSetNames];

const isSpeech = (name: SetName): name is SpeechSetName =>
  speechSetNames.some((speech) => speech === name);

/** The names of each kind among some names, which must all be known. @throws GatedRnnError `usage` */
export function kindsOf(names: readonly string[]): {
  music: MusicSetName[];
  speech: SpeechSetName[];
} {
  const known = names.map((name) => {
    const found = setNames.find((n) => n === name);
    if (found) return found;
    throw new GatedRnnError("usage", `data: expected one of ${setNames.join(", ")}, got ${name}`);
  });
  return {
    music: known.filter((n): n is MusicSetName => !isSpeech(n)),
    speech: known.filter(isSpeech),
  };
}

/** What there is of a set, and what is known of it. */
interface SetReport {
  readonly name: SetName;
  readonly title: string;
  readonly prepared: boolean;
  /** Why a set that has a file cannot be used, or that there is none. */
  readonly problem?: string;
  readonly file?: string;
  readonly bytes?: number;
  readonly checksum?: string;
  /** Per split; steps and notes are those of music, samples those of speech. */
  readonly counts?: Readonly<
    Record<Split, RollCounts | { readonly sequences: number; readonly samples: number }>
  >;
  readonly licence: string;
}

/** Reads a set whole and checks it against the published counts and checksum. */
export async function setReport(name: SetName): Promise<SetReport> {
  const about = isSpeech(name)
    ? { name, title: speechSets[name].title, licence: spokenDigits.licence }
    : { name, title: musicSets[name].title, licence: musicSources[name].licence };
  try {
    const found = isSpeech(name) ? speechReport(name) : await musicReport(name);
    return { ...about, prepared: true, ...found, bytes: (await stat(found.file)).size };
  } catch (error) {
    if (!(error instanceof GatedRnnError)) throw error;
    return { ...about, prepared: false, problem: error.message };
  }
}

async function musicReport(name: MusicSetName) {
  const set = await loadMusic(name);
  checkContents(name, set, musicSources[name]);
  return { file: preparedFile(name), checksum: set.checksum, counts: rollCounts(set) };
}

function speechReport(name: SpeechSetName) {
  const set = loadSpeech(name);
  const file = speechFile(name);
  const checksum = samplesChecksumOf(file);
  const expected = speechSources[name].checksum;
  if (checksum !== expected || set.checksum !== expected)
    throw new GatedRnnError(
      "bad-file",
      `${file}: expected contents with checksum ${expected}, got ${checksum}; run gated-rnn data prepare ${name}`,
    );
  const count = (split: Split) => ({
    sequences: set[split].length,
    samples: set[split].length * speechSets[name].sequenceSamples,
  });
  return {
    file,
    checksum,
    counts: { train: count("train"), valid: count("valid"), test: count("test") },
  };
}

export function printSet({
  name,
  title,
  prepared,
  problem,
  bytes,
  checksum,
  counts,
  licence,
}: SetReport): void {
  console.log(`${prepared ? "✓" : "✗"} ${name.padEnd(11)} ${title}`);
  if (counts) {
    for (const split of splits) {
      const { sequences, ...rest } = counts[split];
      const columns = Object.entries(rest).map(
        ([what, n]) => `${thousands(n).padStart(9)} ${what}`,
      );
      console.log(
        `    ${split.padEnd(5)} ${thousands(sequences).padStart(5)} sequences ${columns.join(" ")}`,
      );
    }
    console.log(`    checksum ${checksum}, ${thousands(bytes ?? 0)} bytes`);
  } else console.log(`    ${problem}`);
  console.log(`    licence: ${licence}`);
}
