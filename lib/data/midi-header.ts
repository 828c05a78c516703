import type { ByteReader } from "./byte-reader.js";

/** What stands at the head of a MIDI file. */
export interface MidiHeader {
  /** 0: one track; 1: tracks that sound together; 2: tracks that are pieces of their own. */
  readonly format: 0 | 1 | 2;
  /** How many tracks the header claims. */
  readonly declaredTracks: number;
  /** The header's division, as it stands there. */
  readonly division: number;
  /** Ticks per quarter note, or ticks of a time code. */
  readonly time:
    | { readonly ticksPerQuarter: number }
    | { readonly framesPerSecond: number; readonly ticksPerFrame: number };
}

const HEADER_BYTES = 6;

/** Reads `MThd`. One whose length is not true, but which a track follows after six bytes, is read with a warning. */
export function readHeader(reader: ByteReader, warn: (warning: string) => void): MidiHeader {
  const start = reader.position;
  const id = reader.text(4, "the header's name MThd");
  if (id !== "MThd")
    reader.fail(
      `expected MThd, got ${printable(id)}; this is not a MIDI file`,
      reader.start + start,
    );
  const size = reader.uint32("the header's size");
  const content = reader.position;
  if (size !== HEADER_BYTES && isTrackAt(reader.bytes, content + HEADER_BYTES))
    warn(`the header claims ${size} bytes, and has ${HEADER_BYTES}`);
  else {
    if (size < HEADER_BYTES)
      reader.fail(
        `expected a header of at least ${HEADER_BYTES} bytes, got ${size}`,
        reader.offset - 4,
      );
    reader.take(size, "the header");
  }
  const end = Math.max(reader.position, content + HEADER_BYTES);
  reader.position = content;
  const format = reader.uint16("the format");
  if (format !== 0 && format !== 1 && format !== 2)
    return reader.fail(`expected format 0, 1 or 2, got ${format}`, reader.offset - 2);
  const declaredTracks = reader.uint16("the number of tracks");
  const division = reader.uint16("the division");
  const time = readDivision(division, reader);
  reader.position = end;
  return { format, declaredTracks, division, time };
}

/** Whether a track begins here: by its name, which no run of events is like. */
export function isTrackAt(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x4d &&
    bytes[at + 1] === 0x54 &&
    bytes[at + 2] === 0x72 &&
    bytes[at + 3] === 0x6b &&
    at + 8 <= bytes.length
  );
}

/** Where the next track begins, before `to`; −1 for none. */
export function nextTrack(bytes: Uint8Array, from: number, to: number): number {
  const part = bytes.subarray(from, to); // a search that ends there, too
  for (let at = part.indexOf(0x4d); at >= 0; at = part.indexOf(0x4d, at + 1))
    if (isTrackAt(bytes, from + at)) return from + at;
  return -1;
}

function readDivision(division: number, reader: ByteReader): MidiHeader["time"] {
  const offset = reader.offset - 2;
  if (division === 0) reader.fail("expected ticks per quarter note, got a division of 0", offset);
  if (division < 0x8000) return { ticksPerQuarter: division };
  const frames = 256 - (division >>> 8);
  const ticksPerFrame = division & 0xff;
  if (![24, 25, 29, 30].includes(frames) || ticksPerFrame === 0)
    reader.fail(
      `expected 24, 25, 29 or 30 frames a second and ticks per frame, got ${frames} and ${ticksPerFrame}`,
      offset,
    );
  return { framesPerSecond: frames === 29 ? 30_000 / 1001 : frames, ticksPerFrame }; // 29 stands for 30 drop frame
}

/** A chunk's name in quotation marks, with unprintable characters escaped. */
export function printable(id: string): string {
  return JSON.stringify(id).replace(
    /[\u007f-\u00ff]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16)}`,
  );
}
