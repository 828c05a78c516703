import {
  baselines,
  chordStatistics,
  datasetChecksum,
  type MidiSource,
  type MusicDataset,
  musicFromMidiFiles,
  notesAt,
  type PianoRoll,
  pianoRoll,
  pianoRollsFromMidi,
  pianoRollsFromPickle,
  readMidi,
  syntheticChorales,
} from "gated-rnn/browser";
import type { DataFacts, DataSource, ReadFiles } from "./messages.ts";

const splits = ["train", "valid", "test"] as const;

/** The data set that a source stands for: the same in every worker. */
export function datasetOf(source: DataSource): MusicDataset {
  if (source.kind === "synthetic") return syntheticChorales(source.seed);
  const { name, title, stepsPerQuarter, sets } = source;
  const checksum = datasetChecksum(sets);
  const keys = { lowestNote: 21, keys: 88 };
  return {
    kind: "music",
    name,
    title,
    synthetic: false,
    stepsPerQuarter,
    checksum,
    ...keys,
    ...sets,
  };
}

/** Pieces of the test split that the page offers to look at. */
const examplesShown = 6;

export function factsOf(dataset: MusicDataset): DataFacts {
  const { title, stepsPerQuarter = 2, entropyPerStep, test } = dataset;
  const count = (split: (typeof splits)[number]) => dataset[split].length;
  return {
    title,
    pieces: { train: count("train"), valid: count("valid"), test: count("test") },
    stepsPerQuarter,
    baselines: baselines(dataset).map(({ name, valid }) => ({
      name,
      nllPerStep: valid.nllPerStep,
    })),
    voices: voicesOf(test),
    entropyPerStep,
    examples: test.filter(({ length }) => length >= 8).slice(0, examplesShown),
  };
}

/** How many notes sound in most steps that have any. */
function voicesOf(pieces: readonly PianoRoll[]): DataFacts["voices"] {
  const sounding = [...chordStatistics(pieces).voices].filter(([notes]) => notes !== "0");
  const [[notes, share] = ["0", 0]] = sounding;
  return { most: Number(notes), share };
}

/** Fewer pieces are cut into parts, so that there is something to validate on. */
const fewest = 10;
/** A part's least and most steps. */
const [shortest, longest] = [8, 32];

/**
 * The data set in files that were dropped on the page: MIDI files, or one pickle of the published
 * sets. Few pieces are cut into parts.
 *
 * @throws GatedRnnError `usage` or `bad-file` for files that hold no music to learn from
 */
export async function readFiles(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<ReadFiles> {
  const pickle = files.find(({ name }) => /\.(pickle|pkl)$/i.test(name));
  if (pickle) return fromPickle(pickle.name, pickle.bytes);
  const stepsPerQuarter = 2;
  const sources = files.map(({ name, bytes }): MidiSource => ({ name, read: () => bytes }));
  const pieces = rollsOf(files);
  const title = files.length === 1 ? files[0].name : `${files.length} dropped files`;
  const told: string[] = [];
  const about = { kind: "pieces", name: "own", title, stepsPerQuarter } as const;
  if (pieces.length >= fewest) {
    const { dataset, refused, duplicates, warnings } = await musicFromMidiFiles(sources, title, {
      name: "own",
      stepsPerQuarter,
    });
    told.push(...refused.map(({ problem }) => problem));
    told.push(...warnings.map(({ file, warning }) => `${file}: ${warning}`));
    if (duplicates.length > 0) told.push(`${duplicates.length} pieces came twice: kept once`);
    return withFacts({ ...about, sets: setsOf(dataset) }, told);
  }
  const steps = pieces.reduce((sum, { length }) => sum + length, 0);
  const partSteps = Math.min(longest, Math.max(shortest, Math.floor(steps / fewest)));
  const parts = pieces.flatMap((piece) => cut(piece, partSteps));
  if (parts.length < 3)
    throw new Error(
      firstProblem(files) ??
        `expected music of at least ${3 * shortest} eighth notes, got ${steps}; drop a longer piece, or several`,
    );
  told.push(
    `${pieces.length === 1 ? "one piece is" : `${pieces.length} pieces are`} cut into ${parts.length} parts of ${partSteps} steps: every fifth one validates, the next one tests`,
  );
  const chosen = (k: number) => parts.filter((_, i) => i % 5 === k);
  const valid = parts.length < 5 ? [parts[1]] : chosen(3);
  const test = parts.length < 5 ? [parts[2]] : chosen(4);
  const train = parts.filter((part) => !valid.includes(part) && !test.includes(part));
  return withFacts({ ...about, sets: { train, valid, test } }, told);
}

function rollsOf(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) {
  return files.flatMap(({ name, bytes }) => {
    try {
      return pianoRollsFromMidi(readMidi(bytes, name), name).filter(
        ({ notes }) => notes.length > 0,
      );
    } catch {
      return []; // told by firstProblem where nothing is left, else by the loader
    }
  });
}

/** Why the first file that is malformed cannot be read. */
function firstProblem(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): string | undefined {
  for (const { name, bytes } of files)
    try {
      readMidi(bytes, name);
    } catch (error) {
      return (error as Error).message;
    }
  return undefined;
}

function cut(piece: PianoRoll, steps: number): PianoRoll[] {
  const count = Math.max(1, Math.floor(piece.length / steps));
  return Array.from({ length: count }, (_, k) => {
    const end = k === count - 1 ? piece.length : (k + 1) * steps;
    const rows = Array.from({ length: end - k * steps }, (_, t) => [
      ...notesAt(piece, k * steps + t),
    ]);
    return pianoRoll(rows, `${piece.name ?? "piece"}, part ${k + 1}`);
  }).filter(({ length }) => length >= 2);
}

function fromPickle(name: string, bytes: Uint8Array): ReadFiles {
  const { warnings, ...sets } = pianoRollsFromPickle(bytes, name);
  const isJsb = /jsb/i.test(name);
  const title = isJsb ? "JSB Chorales" : name.replace(/\.\w+$/, "");
  const source: DataSource = {
    kind: "pieces",
    name: isJsb ? "jsb" : "own",
    title,
    stepsPerQuarter: isJsb ? 1 : 2,
    sets,
  };
  return withFacts(source, warnings);
}

function withFacts(source: DataSource, notes: readonly string[]): ReadFiles {
  return { source, facts: factsOf(datasetOf(source)), notes };
}

const setsOf = ({ train, valid, test }: MusicDataset) => ({ train, valid, test });
