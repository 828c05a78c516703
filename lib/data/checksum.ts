import { createHash } from "node:crypto";
import { type Split, splits } from "./dataset.js";
import { notesAt, type PianoRoll } from "./piano-roll.js";

/**
 * sha256, in hexadecimal, over what the splits contain, whatever file they were read from. Hashed are, as little-endian 32-bit
 * numbers and bytes: per split (train, valid, test) its number of sequences; per sequence its number of steps; per step the
 * number of notes (one byte) and the notes (one byte each, rising).
 */
export function datasetChecksum(sets: Readonly<Record<Split, readonly PianoRoll[]>>): string {
  const hash = createHash("sha256");
  const count = Buffer.alloc(4);
  const number = (n: number) => {
    count.writeUInt32LE(n);
    hash.update(count);
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
  return hash.digest("hex");
}
