import { ByteReader } from "./byte-reader.js";

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

export interface MidiChunks {
  readonly header: MidiHeader;
  /** The bytes of each track, a view, and how many bytes it lacks of what it claims. */
  readonly tracks: readonly { readonly reader: ByteReader; readonly missing: number }[];
}

/**
 * The header and the tracks of a Standard MIDI File. Read with a warning: a RIFF wrapping, chunks that are neither header nor
 * track (passed over), a track that claims to go beyond the end of the file but ends before, another number of tracks than the header's, bytes
 * after the last chunk.
 *
 * @throws BadFileError on a header that is cut off or makes no sense, and when there is no track
 */
export function midiChunks(
  bytes: Uint8Array,
  file: string,
  warn: (warning: string) => void,
): MidiChunks {
  const reader = unwrap(new ByteReader(file, bytes), warn);
  reader.littleEndian = false;
  const header = readHeader(reader);
  const tracks: { reader: ByteReader; missing: number }[] = [];
  while (reader.left > 0) {
    if (reader.left < 8) {
      warn(`${reader.left} bytes after the last chunk are passed over`);
      break;
    }
    const offset = reader.offset;
    const id = reader.text(4, "a chunk's name");
    const size = reader.uint32("a chunk's size");
    const held = Math.min(size, reader.left);
    if (id === "MTrk") {
      if (held < size)
        warn(`track ${tracks.length} claims ${size} bytes, the file has ${held} left`);
      tracks.push({
        reader: new ByteReader(file, reader.take(held, "a track"), offset + 8, false),
        missing: size - held,
      });
    } else {
      if (held < size)
        reader.fail(
          `expected a track MTrk or a chunk that ends with the file, got ${printable(id)} of ${size} bytes`,
          offset,
        );
      warn(`chunk ${printable(id)} at byte ${offset} is passed over`);
      reader.take(held, "a chunk");
    }
  }
  if (tracks.length === 0) reader.fail("expected a track MTrk, got none");
  if (tracks.length !== header.declaredTracks)
    warn(`the header claims ${header.declaredTracks} tracks, the file has ${tracks.length}`);
  if (header.format === 0 && tracks.length > 1)
    warn(`format 0 has one track, the file has ${tracks.length}`);
  return { header, tracks };
}

/** The MIDI file inside a RIFF file of kind RMID; any other file as it is. */
function unwrap(reader: ByteReader, warn: (warning: string) => void): ByteReader {
  if (reader.left < 12 || reader.text(4, "a name") !== "RIFF") {
    reader.position = 0;
    return reader;
  }
  reader.uint32("the RIFF size");
  const kind = reader.text(4, "the RIFF kind");
  if (kind !== "RMID") reader.fail(`expected RIFF of kind RMID, got ${printable(kind)}`, 8);
  while (reader.left >= 8) {
    const id = reader.text(4, "a chunk's name");
    const size = reader.uint32("a chunk's size");
    const held = Math.min(size, reader.left);
    if (id === "data") {
      warn("the MIDI file is wrapped in RIFF");
      const start = reader.offset;
      return new ByteReader(reader.file, reader.take(held, "the MIDI file"), start, false);
    }
    reader.take(Math.min(held + (held % 2), reader.left), "a chunk");
  }
  return reader.fail("expected a chunk data with a MIDI file, got none");
}

function readHeader(reader: ByteReader): MidiHeader {
  const start = reader.offset;
  const id = reader.text(4, "the header's name MThd");
  if (id !== "MThd")
    reader.fail(`expected MThd, got ${printable(id)}; this is not a MIDI file`, start);
  const size = reader.uint32("the header's size");
  if (size < 6) reader.fail(`expected a header of at least 6 bytes, got ${size}`, start + 4);
  const content = new ByteReader(reader.file, reader.take(size, "the header"), start + 8, false);
  const format = content.uint16("the format");
  if (format !== 0 && format !== 1 && format !== 2)
    return content.fail(`expected format 0, 1 or 2, got ${format}`, start + 8);
  const declaredTracks = content.uint16("the number of tracks");
  const division = content.uint16("the division");
  return { format, declaredTracks, division, time: readDivision(division, content) };
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
