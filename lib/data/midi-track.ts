import { type MidiEvent, parseMidi } from "midi-file";
import type { ByteReader } from "./byte-reader.js";
import type { TrackChunk } from "./midi-chunks.js";
import { isTrackAt, nextTrack } from "./midi-header.js";
import { variableLength, variableLengthBytes } from "./midi-quantity.js";
import { passSystemExclusive } from "./midi-sysex.js";

/** What is taken from a track, with its time in ticks from the track's beginning. */
export type TrackEvent = Extract<
  MidiEvent,
  { type: "noteOn" | "noteOff" | "setTempo" | "trackName" | "portPrefix" }
>;

const MOST_DELTA = 0x0fffffff; // four bytes of seven bits
const PORTION_BYTES = 1 << 12; // small arrays are gone with the next minor garbage collection
const MOST_NAME_BYTES = 256;

/**
 * Reads a track up to its end: walks its bytes, checks each event, and hands `midi-file` the notes, tempos, ports and names, rewritten
 * without running status and in portions of bounded size. Nothing reaches the parser unchecked: it loops for ever on a
 * variable-length quantity that overflows, reads past ends without notice, and holds 100 bytes and more an event.
 *
 * @throws BadFileError on an event or track that is cut off, a variable-length quantity of more than four bytes, a data byte over 127, a
 *   status byte that cannot stand in a file, and running status before any status
 */
export function readTrack(
  { reader, claimed }: TrackChunk,
  take: (event: TrackEvent, tick: number) => void,
  warn: (warning: string) => void,
): void {
  const portion = new Portion(take);
  let tick = 0;
  let status = 0; // running status
  let interrupted = false; // by an event that should have ended the running status
  let ended = false;
  while (reader.left > 0 && !ended && !isTrackAt(reader.bytes, reader.position)) {
    tick += variableLength(reader, "a delta time");
    const offset = reader.offset;
    const first = reader.uint8("an event");
    if (first < 0x80) {
      if (status === 0)
        reader.fail(`expected a status byte, got ${first} and no status before it`, offset);
      if (interrupted) warn("running status goes on after a meta or system exclusive event");
      reader.position--;
      channelEvent(reader, status, tick, portion);
    } else if (first < 0xf0) {
      status = first;
      interrupted = false;
      channelEvent(reader, status, tick, portion);
    } else if (first === 0xff) {
      interrupted = true;
      ended = metaEvent(reader, tick, portion, warn);
    } else if (first === 0xf0) {
      interrupted = true;
      passSystemExclusive(reader, warn);
    } else if (first === 0xf7) {
      interrupted = true;
      takeWithin(reader, variableLength(reader, "an escape's length"), "an escape");
    } else
      reader.fail(`expected an event of a file, got status byte 0x${first.toString(16)}`, offset);
  }
  portion.flush();
  if (!ended && claimed > reader.position && reader.left === 0)
    reader.fail(
      `expected ${claimed - reader.position} bytes more of the track, got the end of the file`,
    );
  if (!ended) warn("a track has no end-of-track event");
}

function channelEvent(reader: ByteReader, status: number, tick: number, portion: Portion): void {
  const kind = status >>> 4;
  const first = dataByte(reader);
  if (kind === 0xc || kind === 0xd) return;
  const second = dataByte(reader);
  if (kind === 0x8 || kind === 0x9) portion.add(tick, status, first, second);
}

function dataByte(reader: ByteReader): number {
  const byte = reader.uint8("a data byte");
  if (byte > 127) reader.fail(`expected a data byte from 0 to 127, got ${byte}`, reader.offset - 1);
  return byte;
}

/** The bytes of an event, which cannot hold another track: its length is wrong then. */
function takeWithin(reader: ByteReader, size: number, what: string): Uint8Array {
  const first = reader.position;
  const data = reader.take(size, what);
  const inner = nextTrack(reader.bytes, first, first + size);
  if (inner >= 0)
    reader.fail(
      `expected ${what} of ${size} bytes, got another track inside it`,
      reader.start + inner,
    );
  return data;
}

/** @returns whether this is the track's end */
function metaEvent(
  reader: ByteReader,
  tick: number,
  portion: Portion,
  warn: (warning: string) => void,
): boolean {
  const offset = reader.offset - 1;
  const type = reader.uint8("a meta event's type");
  const size = variableLength(reader, "a meta event's length");
  const data = takeWithin(reader, size, "a meta event");
  if (type === 0x2f) {
    if (size > 0) warn(`the end of a track at byte ${offset} has content`);
    return true;
  }
  if (type === 0x51 && (size !== 3 || data.every((b) => b === 0)))
    warn(`the tempo at byte ${offset} is no tempo and is passed over`);
  else if (type === 0x51) portion.add(tick, 0xff, type, size, ...data);
  else if (type === 0x21 && size !== 1)
    warn(`the port at byte ${offset} is no port and is passed over`);
  else if (type === 0x21) portion.add(tick, 0xff, type, size, data[0]);
  else if (type === 0x03) {
    const name = data.subarray(0, MOST_NAME_BYTES);
    portion.add(tick, 0xff, type, ...variableLengthBytes(name.length), ...name);
  }
  return false;
}

/** Checked events on their way to the parser. */
class Portion {
  readonly #bytes: number[] = [];
  #start = 0; // tick at which the portion begins
  #tick = 0; // of its last event

  constructor(readonly take: (event: TrackEvent, tick: number) => void) {}

  add(tick: number, ...event: number[]): void {
    if (this.#bytes.length > PORTION_BYTES || tick - this.#tick > MOST_DELTA) {
      this.flush();
      this.#start = this.#tick = tick;
    }
    this.#bytes.push(...variableLengthBytes(tick - this.#tick), ...event);
    this.#tick = tick;
  }

  flush(): void {
    if (this.#bytes.length === 0) return;
    const size = this.#bytes.length;
    const header = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 1]; // MThd: format 0, one track
    const track = [
      0x4d,
      0x54,
      0x72,
      0x6b,
      size >>> 24,
      (size >>> 16) & 0xff,
      (size >>> 8) & 0xff,
      size & 0xff,
    ]; // MTrk
    let tick = this.#start;
    for (const event of parseMidi(Uint8Array.from([...header, ...track, ...this.#bytes]))
      .tracks[0]) {
      tick += event.deltaTime;
      this.take(event as TrackEvent, tick);
    }
    this.#bytes.length = 0;
    this.#start = this.#tick;
  }
}
