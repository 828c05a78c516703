import { ByteReader } from "./byte-reader.js";
import { isTrackAt, type MidiHeader, nextTrack, printable, readHeader } from "./midi-header.js";

interface MidiChunks {
  readonly header: MidiHeader;
  /** One after the other: read a track up to its end before the next is asked for. */
  readonly tracks: Iterable<TrackChunk>;
}

export interface TrackChunk {
  /** From the track's first event on, up to where it may end. */
  readonly reader: ByteReader;
  /** Position at which the track should end, by what it claims. */
  readonly claimed: number;
}

type Warn = (warning: string) => void;

/**
 * The header and the tracks of a Standard MIDI File. Where a track ends is told by its length AND by its end-of-track event: where a length
 * cannot be (it passes the end of the file, or no chunk stands where it leads, or other tracks stand inside it), the event decides.
 *
 * Read with a warning: such lengths, a RIFF wrapping, chunks that are neither header nor track (passed over), another number
 * of tracks than the header's, bytes between and after the chunks, a second MIDI file behind the first (not read).
 *
 * @throws BadFileError on a header that is cut off or makes no sense, when there is no track, and when tracks are missing where
 *   bytes stand that are none
 */
export function midiChunks(bytes: Uint8Array, file: string, warn: Warn): MidiChunks {
  const reader = unwrap(new ByteReader(file, bytes), warn);
  reader.littleEndian = false;
  const header = readHeader(reader, warn);
  return { header, tracks: walkTracks(reader, header, warn) };
}

function* walkTracks(
  reader: ByteReader,
  { declaredTracks, format }: MidiHeader,
  warn: Warn,
): Generator<TrackChunk> {
  const { bytes } = reader;
  let count = 0;
  while (reader.left > 0) {
    const { position, offset } = reader;
    if (!isChunkAt(reader, position)) {
      if (!passOver(reader, count, declaredTracks, warn)) break;
      continue;
    }
    const id = reader.text(4, "a chunk's name");
    const size = reader.uint32("a chunk's size");
    if (id === "MThd") {
      warn(`a second MIDI file begins at byte ${offset} and is passed over`);
      break;
    }
    if (id !== "MTrk") {
      warn(`chunk ${printable(id)} at byte ${offset} is passed over`);
      reader.take(size, "a chunk");
      continue;
    }
    const start = reader.position;
    const claimed = start + size;
    const isPlausible = claimed === bytes.length || isChunkAt(reader, claimed);
    const track = bytes.subarray(start, isPlausible ? claimed : bytes.length);
    const content = new ByteReader(reader.file, track, offset + 8, false);
    yield { reader: content, claimed: size };
    const end = start + content.position;
    const inner = end < claimed ? nextTrack(bytes, end, Math.min(claimed, bytes.length)) : -1;
    if (isPlausible && inner < 0) {
      if (end < claimed) warn(`${claimed - end} bytes after a track's end are passed over`);
      reader.position = claimed;
    } else {
      if (end !== claimed)
        warn(`track ${count} claims ${size} bytes, and ends after ${content.position}`);
      reader.position = end;
    }
    count++;
  }
  if (count === 0) reader.fail("expected a track MTrk, got none");
  if (count !== declaredTracks)
    warn(`the header claims ${declaredTracks} tracks, the file has ${count}`);
  if (format === 0 && count > 1) warn(`format 0 has one track, the file has ${count}`);
}

/** A track, or another chunk with a printable name that does not pass the end of the file. */
function isChunkAt({ bytes }: ByteReader, at: number): boolean {
  if (isTrackAt(bytes, at)) return true;
  if (at + 8 > bytes.length) return false;
  for (let i = at; i < at + 4; i++) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return false;
  const size = new DataView(bytes.buffer, bytes.byteOffset + at + 4).getUint32(0);
  return at + 8 + size <= bytes.length;
}

/** Goes on to the next track, past bytes that are no chunk. Whether there is one. */
function passOver(reader: ByteReader, found: number, declared: number, warn: Warn): boolean {
  const { bytes, position, offset, left } = reader;
  const next = nextTrack(bytes, position, bytes.length);
  if (next >= 0) {
    warn(`${next - position} bytes at byte ${offset} are passed over`);
    reader.position = next;
    return true;
  }
  const size = left < 8 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + position).getUint32(4);
  if (left >= 8 && found < declared)
    reader.fail(
      `expected a track MTrk or a chunk that ends with the file, got ${printable(reader.text(4, "a name"))} of ${size} bytes`,
      offset,
    );
  warn(`${left} bytes after the last chunk are passed over`);
  return false;
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
