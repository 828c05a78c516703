import { GatedRnnError } from "../errors.js";
import type { PianoRoll } from "./piano-roll.js";

/**
 * Checks a piano-roll that was made by hand: offsets that rise from 0 to the number of notes, and notes 0 … 127 that rise within each
 * step. What reads a roll afterwards trusts it.
 *
 * @throws GatedRnnError `usage`, naming the piece and the step
 */
export function checkRoll(roll: PianoRoll): void {
  const { length, offsets, notes, name = "a piece" } = roll;
  const bad = (expected: string, got: string) =>
    new GatedRnnError("usage", `piano-roll: ${name}: expected ${expected}, got ${got}`);
  if (!Number.isSafeInteger(length) || length < 0) throw bad("a length from 0 up", `${length}`);
  if (offsets?.length !== length + 1 || offsets[0] !== 0)
    throw bad(`${length + 1} offsets from 0`, `${offsets?.length} from ${offsets?.[0]}`);
  if (offsets[length] !== notes?.length)
    throw bad(`offsets up to its ${notes?.length} notes`, `up to ${offsets[length]}`);
  for (let t = 0; t < length; t++) {
    const end = offsets[t + 1];
    if (!(end >= offsets[t] && end <= notes.length))
      throw bad(`rising offsets within its notes in step ${t}`, `${end} after ${offsets[t]}`);
    for (let k = offsets[t]; k < end; k++) {
      const note = notes[k];
      if (!(Number.isInteger(note) && note >= 0 && note <= 127))
        throw bad(`MIDI note numbers 0 to 127 in step ${t}`, `${note}`);
      if (k > offsets[t] && note <= notes[k - 1])
        throw bad(`rising notes in step ${t}`, `${note} after ${notes[k - 1]}`);
    }
  }
}
