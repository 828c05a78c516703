import { midiChunks } from "./midi-chunks.js";
import type { MidiHeader } from "./midi-header.js";
import { readTrack, type TrackEvent } from "./midi-track.js";

/** Notes in columns, sorted by track, then by the event that closed them. */
export interface MidiNotes {
  /** Number of notes: length of every list. */
  readonly count: number;
  readonly pitch: Uint8Array;
  /** Ticks from the piece's beginning. */
  readonly on: Float64Array;
  /** Ticks from the beginning to the end of the note. */
  readonly off: Float64Array;
  /** 0 … 15; drums are on channel 9, which is called the tenth. */
  readonly channel: Uint8Array;
  /** As a meta event FF 21 sets it for the events behind it in its track; 0 without one. */
  readonly port: Uint8Array;
  readonly track: Uint16Array;
}

/** What a MIDI file holds; see `readMidi`. */
export interface MidiFile {
  readonly header: MidiHeader;
  /** The names of the tracks, empty where there is none. */
  readonly tracks: readonly string[];
  readonly notes: MidiNotes;
  /** In the order of the file; a beat lasts 500,000 µs before the first. */
  readonly tempos: readonly {
    readonly tick: number;
    readonly track: number;
    readonly microsecondsPerQuarter: number;
  }[];
  /** What is untidy about the file, and how it was read. */
  readonly warnings: readonly string[];
}

const MOST_WARNINGS = 32;

/**
 * The notes of a Standard MIDI File, formats 0, 1 and 2. Tracks are read one after the other. A note-off (or a note-on of
 * velocity 0) closes the LATEST note-on of that port, channel and pitch in its track if that one is still open, and is
 * ignored otherwise; notes never closed are dropped. Both are told in `warnings`, as are the untidy things that `midiChunks` and
 * `readTrack` read all the same.
 *
 * @throws BadFileError when the file is malformed
 */
export function readMidi(bytes: Uint8Array, file: string): MidiFile {
  const warnings = new Set<string>();
  const warn = (warning: string) => {
    if (warnings.size < MOST_WARNINGS) warnings.add(warning);
  };
  const { header, tracks } = midiChunks(bytes, file, warn);
  const notes = new NoteColumns(bytes.length);
  const names: string[] = [];
  const tempos: { tick: number; track: number; microsecondsPerQuarter: number }[] = [];
  let orphans = 0;
  let unclosed = 0;
  let track = 0;
  for (const chunk of tracks) {
    names.push("");
    let port = 0;
    const ports = new Map<number, Float64Array>(); // [channel, pitch] tick of the latest note-on, −1 when closed
    const note = (event: TrackEvent & { type: "noteOn" | "noteOff" }, tick: number) => {
      const open = ports.get(port) ?? new Float64Array(16 * 128).fill(-1);
      ports.set(port, open);
      const key = event.channel * 128 + event.noteNumber;
      const on = open[key];
      if (event.type === "noteOn") {
        if (on >= 0) unclosed++;
        open[key] = tick;
      } else if (on < 0) orphans++;
      else {
        notes.add(event.noteNumber, on, tick, event.channel, port, track);
        open[key] = -1;
      }
    };
    const take = (event: TrackEvent, tick: number) => {
      if (event.type === "trackName") names[track] ||= event.text;
      else if (event.type === "portPrefix") port = event.port;
      else if (event.type === "setTempo")
        tempos.push({ tick, track, microsecondsPerQuarter: event.microsecondsPerBeat });
      else note(event, tick);
    };
    readTrack(chunk, take, warn);
    for (const open of ports.values()) for (const on of open) if (on >= 0) unclosed++;
    track++;
  }
  if (orphans > 0) warn(`${orphans} note-offs without an open note are ignored`);
  if (unclosed > 0)
    warn(`${unclosed} notes that are never closed, or struck again before, are dropped`);
  return { header, tracks: names, notes: notes.columns(), tempos, warnings: [...warnings] };
}

const LEAST_NOTE_BYTES = 6; // with running status: two delta times, two pitches, two velocities

/** Notes as they come, with room for as many as the bytes can hold: memory that is never written to is never taken. */
class NoteColumns {
  #count = 0;
  readonly #pitch: Uint8Array;
  readonly #on: Float64Array;
  readonly #off: Float64Array;
  readonly #channel: Uint8Array;
  readonly #port: Uint8Array;
  readonly #track: Uint16Array;

  constructor(bytes: number) {
    const most = Math.floor(bytes / LEAST_NOTE_BYTES);
    this.#pitch = new Uint8Array(most);
    this.#on = new Float64Array(most);
    this.#off = new Float64Array(most);
    this.#channel = new Uint8Array(most);
    this.#port = new Uint8Array(most);
    this.#track = new Uint16Array(most);
  }

  add(pitch: number, on: number, off: number, channel: number, port: number, track: number): void {
    const i = this.#count++;
    this.#pitch[i] = pitch;
    this.#on[i] = on;
    this.#off[i] = off;
    this.#channel[i] = channel;
    this.#port[i] = port;
    this.#track[i] = track;
  }

  columns(): MidiNotes {
    const n = this.#count;
    const [pitch, on, off] = [
      this.#pitch.subarray(0, n),
      this.#on.subarray(0, n),
      this.#off.subarray(0, n),
    ];
    return {
      count: n,
      pitch,
      on,
      off,
      channel: this.#channel.subarray(0, n),
      port: this.#port.subarray(0, n),
      track: this.#track.subarray(0, n),
    };
  }
}
