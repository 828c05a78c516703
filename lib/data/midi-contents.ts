import { readMidi } from "./midi.js";

/** What is in a MIDI file. */
export interface MidiContents {
  readonly kind: "midi";
  readonly format: 0 | 1 | 2;
  /** Number of tracks. */
  readonly tracks: number;
  /** The header's division: ticks per quarter note, or time code where it is 32,768 and above. */
  readonly division: number;
  /** How many notes there are. */
  readonly noteCount: number;
  /** [pitch, on, off] in ticks, sorted by on, pitch, off; made as they are asked for, since a file may have millions. */
  notes(): Iterable<readonly [number, number, number]>;
  readonly warnings: readonly string[];
}

/** @throws BadFileError when the file is malformed */
export function midiContents(bytes: Uint8Array, file: string): MidiContents {
  const { header, tracks, notes: columns, warnings } = readMidi(bytes, file);
  const { pitch, on, off, count } = columns;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => on[a] - on[b] || pitch[a] - pitch[b] || off[a] - off[b]);
  function* notes(): Generator<readonly [number, number, number]> {
    for (const i of order) yield [pitch[i], on[i], off[i]];
  }
  return {
    kind: "midi",
    format: header.format,
    tracks: tracks.length,
    division: header.division,
    noteCount: count,
    notes,
    warnings,
  };
}
