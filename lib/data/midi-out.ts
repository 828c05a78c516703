import { type MidiEvent, writeMidi } from "midi-file";
import { GatedRnnError } from "../errors.js";
import { notesAt, type PianoRoll } from "./piano-roll.js";
import { checkRoll } from "./roll-check.js";

/** How a piano-roll becomes a MIDI file. */
export interface MidiOutOptions {
  /** Time steps in a quarter note (default 2: a step is an eighth note; the JSB Chorales have 1). */
  readonly stepsPerQuarter?: number;
  /** Quarter notes a minute (default 100). */
  readonly beatsPerMinute?: number;
  /** General MIDI instrument, 0 to 127 (default 0, a grand piano; 19 is a church organ). */
  readonly instrument?: number;
  /** 1 to 127 (default 80). */
  readonly velocity?: number;
}

const TICKS_PER_STEP = 240;

/**
 * A piano-roll as a MIDI file (format 0) that any player opens. A note that sounds in consecutive steps is held: rolls do not
 * tell repeated from held notes. Read back with the same steps per quarter note it gives the same roll, save empty steps at its end.
 *
 * @throws GatedRnnError `usage` for options that make no sense, or a roll that is none (see `checkRoll`)
 */
export function midiBytes(roll: PianoRoll, options: MidiOutOptions = {}): Uint8Array {
  const { stepsPerQuarter = 2, beatsPerMinute = 100, instrument = 0, velocity = 80 } = options;
  const ticksPerBeat = TICKS_PER_STEP * stepsPerQuarter;
  const microsecondsPerBeat = Math.round(60e6 / beatsPerMinute);
  if (!Number.isInteger(ticksPerBeat) || ticksPerBeat < 1 || ticksPerBeat > 0x7fff)
    throw new GatedRnnError(
      "usage",
      `MIDI: expected steps per quarter note from 1/240 to 136, got ${stepsPerQuarter}`,
    );
  if (!(microsecondsPerBeat >= 1 && microsecondsPerBeat < 2 ** 24))
    throw new GatedRnnError(
      "usage",
      `MIDI: expected 4 to 60,000,000 beats a minute, got ${beatsPerMinute}`,
    );
  const within = (what: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least || value > 127)
      throw new GatedRnnError("usage", `MIDI: expected ${what} from ${least} to 127, got ${value}`);
  };
  within("an instrument", instrument, 0);
  within("a velocity", velocity, 1);
  checkRoll(roll);

  const name = (roll.name ?? "").replace(/[^\x20-\x7e]/g, "?").slice(0, 120);
  const events: MidiEvent[] = [
    { deltaTime: 0, meta: true, type: "trackName", text: name },
    { deltaTime: 0, meta: true, type: "setTempo", microsecondsPerBeat },
    { deltaTime: 0, type: "programChange", channel: 0, programNumber: instrument },
  ];
  let written = 0; // step of the last event
  const add = (step: number, type: "noteOn" | "noteOff", noteNumber: number) => {
    events.push({
      deltaTime: (step - written) * TICKS_PER_STEP,
      type,
      channel: 0,
      noteNumber,
      velocity: type === "noteOn" ? velocity : 0,
    });
    written = step;
  };
  let before: Uint8Array = new Uint8Array(0);
  for (let t = 0; t <= roll.length; t++) {
    const now = t < roll.length ? notesAt(roll, t) : new Uint8Array(0);
    for (const note of before) if (!now.includes(note)) add(t, "noteOff", note);
    for (const note of now) if (!before.includes(note)) add(t, "noteOn", note);
    before = now;
  }
  events.push({
    deltaTime: (roll.length - written) * TICKS_PER_STEP,
    meta: true,
    type: "endOfTrack",
  });
  return Uint8Array.from(
    writeMidi({ header: { format: 0, numTracks: 1, ticksPerBeat }, tracks: [events] }),
  );
}
