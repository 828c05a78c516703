import { BadFileError, GatedRnnError } from "../errors.js";
import { sha256 } from "../files/sha256.js";
import { datasetChecksum } from "./checksum.js";
import { type MusicDataset, type Split, splits } from "./dataset.js";
import { type EmptyPiece, emptyPiecesWarning, whyMidiEmpty } from "./empty-pieces.js";
import { readMidi } from "./midi.js";
import { type MidiRollOptions, pianoRollsFromMidi } from "./midi-roll.js";
import type { PianoRoll } from "./piano-roll.js";
import { type SplitRule, splitGroups, splitOfPath } from "./split-rule.js";

/** How a folder of MIDI files becomes a data set. */
export interface MidiFolderOptions extends MidiRollOptions {
  /** What the set is called (default: the folder's name, or "midi"). */
  readonly name?: string;
  /** How to split where the folder has no folders `train`, `valid` and `test` of its own. */
  readonly split?: SplitRule;
}

/** A folder of MIDI files as a data set, and what was left out of it; see `musicFromMidiFiles`. */
export interface MidiFolder {
  readonly dataset: MusicDataset;
  /** Files that are malformed, with the reason: they are left out. */
  readonly refused: readonly { readonly file: string; readonly problem: string }[];
  /** Pieces that are note for note the same as one found before. By the seeded rule the second is left out; in given folders it stays. */
  readonly duplicates: readonly {
    readonly piece: string;
    readonly of: string;
    readonly inSplits: readonly [Split, Split];
  }[];
  /** Pieces that have nothing to predict, and why: they are left out. */
  readonly empty: readonly EmptyPiece[];
  /** What was untidy about files that were read all the same, and one for all the empty pieces. */
  readonly warnings: readonly { readonly file: string; readonly warning: string }[];
}

interface Piece {
  readonly roll: PianoRoll;
  readonly file: string;
  readonly content: string;
}

/** A MIDI file that is read when its turn comes; its name may be a path whose folders name splits. */
export interface MidiSource {
  readonly name: string;
  /** The whole file. */
  read(): Promise<Uint8Array> | Uint8Array;
}

/**
 * A data set of MIDI files, wherever their bytes are. Where all lie in folders `train`, `valid` and `test`, these are the splits; else
 * the pieces are split by a seeded rule, and no content gets into two splits.
 *
 * Pieces that come out without a step to predict (percussion only, no notes, one time step) are left out and told.
 *
 * @param path what errors and warnings call the whole of them
 * @throws GatedRnnError `usage` when nothing is found or a split stays empty; `bad-file` when every file is malformed
 */
export async function musicFromMidiFiles(
  files: AsyncIterable<MidiSource> | Iterable<MidiSource>,
  path: string,
  options: MidiFolderOptions = {},
): Promise<MidiFolder> {
  const { name = "midi", split: rule, lowestNote = 21, highestNote = 108 } = options;
  const pieces: Piece[] = [];
  const refused: { file: string; problem: string }[] = [];
  const empty: EmptyPiece[] = [];
  const warnings: { file: string; warning: string }[] = [];
  for await (const source of files) {
    const { name: file } = source;
    try {
      const midi = readMidi(await source.read(), file);
      if ("ticksPerFrame" in midi.header.time && options.stepSeconds === undefined)
        throw new BadFileError(
          file,
          12,
          "expected ticks per quarter note, got time code; stepSeconds reads it",
        );
      for (const warning of midi.warnings) warnings.push({ file, warning });
      for (const roll of pianoRollsFromMidi(midi, file, options)) {
        const why = whyMidiEmpty(midi, roll, options);
        if (why === undefined) pieces.push({ roll, file, content: contentOf(roll) });
        else empty.push({ piece: roll.name ?? file, why });
      }
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "bad-file")) throw error;
      refused.push({ file, problem: error.message });
    }
  }
  const told = emptyPiecesWarning(empty, pieces.length + empty.length);
  warnings.push(...told.map((warning) => ({ file: path, warning })));
  const because = told.length > 0 ? `; ${told[0]}` : "";
  if (pieces.length === 0 && empty.length > 0)
    throw new GatedRnnError("usage", `${path}: expected pieces with notes, got none${because}`);
  if (pieces.length === 0 && refused.length > 0)
    throw new GatedRnnError("bad-file", `${path}: expected MIDI files, got ${refused[0].problem}`);
  if (pieces.length === 0)
    throw new GatedRnnError("usage", `${path}: expected MIDI files (.mid, .midi, .kar), got none`);
  const given = pieces.every(({ file }) => splitOfPath(file) !== undefined);
  const assigned = given
    ? undefined
    : splitGroups(
        pieces.map((p) => p.content),
        rule,
      );
  const splitOf = (p: Piece): Split =>
    (assigned ? assigned.get(p.content) : splitOfPath(p.file)) as Split;
  const first = new Map<string, Piece>();
  const duplicates: { piece: string; of: string; inSplits: readonly [Split, Split] }[] = [];
  const sets: Record<Split, PianoRoll[]> = { train: [], valid: [], test: [] };
  for (const piece of pieces) {
    const same = first.get(piece.content);
    if (same)
      duplicates.push({
        piece: piece.roll.name ?? piece.file,
        of: same.roll.name ?? same.file,
        inSplits: [splitOf(piece), splitOf(same)],
      });
    else first.set(piece.content, piece);
    if (!same || given) sets[splitOf(piece)].push(piece.roll);
  }
  const without = splits.filter((split) => sets[split].length === 0);
  if (without.length > 0)
    throw new GatedRnnError(
      "usage",
      `${path}: expected pieces in train, valid and test, got none in ${without.join(" and ")}; add some there${because}`,
    );
  const keys = highestNote - lowestNote + 1;
  const checksum = datasetChecksum(sets);
  return {
    dataset: {
      kind: "music",
      name,
      title: name,
      synthetic: false,
      lowestNote,
      keys,
      checksum,
      ...sets,
      ...(told.length > 0 ? { warnings: told } : {}),
    },
    refused,
    empty,
    duplicates,
    warnings,
  };
}

/** The same for two rolls that are note for note the same. */
function contentOf({ offsets, notes }: PianoRoll): string {
  return sha256()
    .update(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength))
    .update(notes)
    .hex();
}
