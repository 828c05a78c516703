import { sha256 } from "../files/sha256.js";
import { type Split, splits } from "./dataset.js";
import { notesAt, type PianoRoll } from "./piano-roll.js";

/**
 * sha256, in hexadecimal, over what the splits contain, whatever file they were read from. Hashed are, as little-endian 32-bit
 * numbers and bytes: per split (train, valid, test) its number of sequences; per sequence its number of steps; per step the
 * number of notes (one byte) and the notes (one byte each, rising).
 */
export function datasetChecksum(sets: Readonly<Record<Split, readonly PianoRoll[]>>): string {
  const hash = sha256();
  const count = new DataView(new ArrayBuffer(4));
  const number = (n: number) => {
    count.setUint32(0, n, true);
    hash.update(new Uint8Array(count.buffer));
  };
  for (const split of splits) {
    number(sets[split].length);
    for (const roll of sets[split]) {
      number(roll.length);
      const bytes = new Uint8Array(roll.length + roll.notes.length);
      let at = 0;
      for (let t = 0; t < roll.length; t++) {
        const notes = notesAt(roll, t);
        bytes[at++] = notes.length;
        bytes.set(notes, at);
        at += notes.length;
      }
      hash.update(bytes);
    }
  }
  return hash.hex();
}
