import { firstNames } from "./first-names.js";
import type { MidiFile } from "./midi.js";
import { DRUMS, type MidiRollOptions } from "./midi-roll.js";
import type { PianoRoll } from "./piano-roll.js";

/** A piece that has nothing to predict. */
export interface EmptyPiece {
  readonly piece: string;
  /** Such as "percussion only". */
  readonly why: string;
}

/** Why a piece that was read from a file has nothing to predict; undefined when it has. */
function whyEmpty(roll: PianoRoll): string | undefined {
  if (roll.length === 0) return "no time steps";
  return roll.length === 1 ? "one time step" : undefined;
}

/** The same for a piece of a MIDI file, whose notes tell more. */
export function whyMidiEmpty(
  { notes }: MidiFile,
  roll: PianoRoll,
  { channels, drums = false, tracks, lowestNote = 21, highestNote = 108 }: MidiRollOptions,
): string | undefined {
  if (roll.notes.length > 0) return whyEmpty(roll);
  if (notes.count === 0) return "no notes";
  if (!channels && !drums && notes.channel.every((channel) => channel === DRUMS))
    return "percussion only";
  if (roll.length > 1) return `no note from ${lowestNote} to ${highestNote}`;
  return tracks || channels ? "no notes in the tracks and channels taken" : whyEmpty(roll);
}

/** One warning for all of them, counted by what is the matter, with the first names; none for none. */
export function emptyPiecesWarning(empty: readonly EmptyPiece[], all: number): string[] {
  if (empty.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { piece, why } of empty) reasons.set(why, [...(reasons.get(why) ?? []), piece]);
  const counted = [...reasons].map(
    ([why, pieces]) => `${pieces.length} with ${why} (${firstNames(pieces)})`,
  );
  return [`${empty.length} of ${all} pieces have nothing to predict: ${counted.join(", ")}`];
}

/** The same for pieces without a file of their own. */
export function emptyRollsWarning(sets: Readonly<Record<string, readonly PianoRoll[]>>): string[] {
  const rolls = Object.values(sets).flat();
  const empty = rolls.flatMap((roll) => {
    const why = whyEmpty(roll);
    return why === undefined ? [] : [{ piece: roll.name ?? "a piece without a name", why }];
  });
  return emptyPiecesWarning(empty, rolls.length);
}
