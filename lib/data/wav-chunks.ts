import { BadFileError } from "../errors.js";
import { ByteReader } from "./byte-reader.js";
import type { ByteSource } from "./byte-source.js";

export interface WavFormat {
  readonly encoding: "pcm" | "float" | "a-law" | "mu-law";
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Bits of one sample of one channel, as stored. */
  readonly bits: number;
  /** Bytes of one frame: a sample of every channel. */
  readonly frameBytes: number;
}

export interface WavChunks {
  readonly format: WavFormat;
  /** Where the samples are, and how many whole frames. */
  readonly dataOffset: number;
  readonly frames: number;
  readonly warnings: readonly string[];
}

const MOST_CHANNELS = 256;
const MOST_CHUNKS = 10_000;

/**
 * Walks the chunks of a RIFF WAVE file. Read with a warning: a `data` chunk of size 0 or 0xFFFFFFFF, as programs leave it that
 * write to a pipe, or of a size beyond the end of the file (all take the rest of the file); `fmt` after `data`; a chunk of odd
 * size without its padding byte; half a frame at the end; a wrong byte rate; a second `data` chunk (passed over).
 *
 * @throws BadFileError when this is no RIFF WAVE file, has no `fmt` or no `data`, is in a format that `readFormat` does not know, or its
 *   sizes contradict each other
 */
export function wavChunks(source: ByteSource): WavChunks {
  const warnings: string[] = [];
  const start = new ByteReader(source.file, source.read(0, 12));
  const riff = start.text(4, "the name RIFF");
  if (riff !== "RIFF")
    start.fail(`expected RIFF, got ${JSON.stringify(riff)}; this is not a WAV file`, 0);
  start.uint32("the RIFF size"); // says nothing that the chunks do not
  const wave = start.text(4, "the name WAVE");
  if (wave !== "WAVE") start.fail(`expected WAVE, got ${JSON.stringify(wave)}`, 8);

  let format: WavFormat | undefined;
  let data: { offset: number; bytes: number } | undefined;
  let at = 12;
  for (let chunks = 0; at + 8 <= source.size; chunks++) {
    if (chunks === MOST_CHUNKS)
      throw new BadFileError(source.file, at, `expected at most ${MOST_CHUNKS} chunks, got more`);
    const head = new ByteReader(source.file, source.read(at, 8), at);
    const id = head.text(4, "a chunk's name");
    const size = head.uint32("a chunk's size");
    const left = source.size - at - 8;
    if (id === "data" && !data) {
      const bytes = dataBytes(source, at + 8, size, left, warnings);
      data = { offset: at + 8, bytes };
      at = next(source, at + 8, bytes, warnings);
      continue;
    }
    if (id === "data") warnings.push(`a second data chunk at byte ${at} is passed over`);
    if (id === "fmt ") {
      if (format) throw new BadFileError(source.file, at, "expected one chunk fmt, got a second");
      format = readFormat(
        new ByteReader(source.file, source.read(at + 8, Math.min(size, 64)), at + 8),
        size,
        warnings,
      );
      if (data) warnings.push("fmt stands after data");
    }
    if (size > left)
      warnings.push(
        `chunk ${JSON.stringify(id)} at byte ${at} claims ${size} bytes, the file has ${left} left`,
      );
    at = next(source, at + 8, size, warnings);
  }
  if (!format)
    throw new BadFileError(
      source.file,
      source.size,
      "expected a chunk fmt, got the end of the file",
    );
  if (!data)
    throw new BadFileError(
      source.file,
      source.size,
      "expected a chunk data, got the end of the file",
    );
  const frames = Math.floor(data.bytes / format.frameBytes);
  if (data.bytes % format.frameBytes !== 0)
    warnings.push(`${data.bytes % format.frameBytes} bytes of half a frame at the end are dropped`);
  return { format, dataOffset: data.offset, frames, warnings };
}

/** How many bytes the samples take, whatever the chunk claims. */
function dataBytes(
  source: ByteSource,
  offset: number,
  size: number,
  left: number,
  warnings: string[],
): number {
  if (size > left) {
    warnings.push(
      `data claims ${size === 0xffffffff ? "an unknown size" : `${size} bytes`}, the file has ${left} left`,
    );
    return left;
  }
  if (size > 0 || left === 0 || isChunk(source, offset)) return size;
  warnings.push(`data claims 0 bytes, the file has ${left} left`);
  return left;
}

/** Whether a chunk begins here that does not pass the end of the file. */
function isChunk(source: ByteSource, at: number): boolean {
  const head = source.read(at, 8);
  if (head.length < 8 || head.subarray(0, 4).some((byte) => byte < 0x20 || byte > 0x7e))
    return false;
  return at + 8 + new DataView(head.buffer, head.byteOffset).getUint32(4, true) <= source.size;
}

/** Where the next chunk begins: after the padding byte of an odd size, unless it was left out. */
function next(source: ByteSource, offset: number, size: number, warnings: string[]): number {
  const end = offset + size;
  if (size % 2 === 0 || end >= source.size) return end;
  if (isChunk(source, end + 1) || !isChunk(source, end)) return end + 1;
  warnings.push(`the chunk that ends at byte ${end} has an odd size and no padding`);
  return end;
}

const EXTENSIBLE = 0xfffe;
/** What follows the two bytes of the format in the identifier of an extensible format. */
const SUBFORMAT_TAIL = "000000001000800000aa00389b71";

const encodings: Readonly<
  Record<number, { encoding: WavFormat["encoding"]; bits: readonly number[] }>
> = {
  1: { encoding: "pcm", bits: [8, 16, 24, 32] },
  3: { encoding: "float", bits: [32, 64] },
  6: { encoding: "a-law", bits: [8] },
  7: { encoding: "mu-law", bits: [8] },
};

function readFormat(reader: ByteReader, size: number, warnings: string[]): WavFormat {
  const start = reader.offset;
  if (size < 16) reader.fail(`expected a fmt chunk of at least 16 bytes, got ${size}`, start - 4);
  let tag = reader.uint16("the format");
  const channels = reader.uint16("the number of channels");
  const sampleRateHz = reader.uint32("the sample rate");
  const byteRate = reader.uint32("the byte rate");
  const frameBytes = reader.uint16("the block align");
  const bits = reader.uint16("the bits per sample");
  if (tag === EXTENSIBLE) {
    reader.take(8, "the extension of a WAVE_FORMAT_EXTENSIBLE"); // its size, valid bits and speakers
    tag = reader.uint16("the subformat");
    const tail = Buffer.from(reader.take(14, "the subformat's identifier")).toString("hex");
    if (tail !== SUBFORMAT_TAIL)
      reader.fail(`expected a subformat that ends in ${SUBFORMAT_TAIL}, got ${tail}`, start + 26);
  }
  const known = encodings[tag];
  if (!known)
    return reader.fail(
      `expected PCM (1), float (3), A-law (6) or µ-law (7), got format ${tag}`,
      start,
    );
  if (channels < 1 || channels > MOST_CHANNELS)
    reader.fail(`expected 1 to ${MOST_CHANNELS} channels, got ${channels}`, start + 2);
  if (sampleRateHz === 0) reader.fail("expected a sample rate above 0, got 0", start + 4);
  if (!known.bits.includes(bits))
    reader.fail(
      `expected ${known.bits.join(", ")} bits of ${known.encoding}, got ${bits}`,
      start + 14,
    );
  if (frameBytes !== (channels * bits) / 8)
    reader.fail(
      `expected a block align of ${(channels * bits) / 8} for ${channels} × ${bits} bits, got ${frameBytes}`,
      start + 12,
    );
  if (byteRate !== (sampleRateHz * frameBytes) % 2 ** 32)
    warnings.push(`the byte rate says ${byteRate}, not ${sampleRateHz * frameBytes}`);
  return { encoding: known.encoding, channels, sampleRateHz, bits, frameBytes };
}
