import { BadFileError } from "../errors.js";
import { ByteReader } from "./byte-reader.js";
import type { ByteSource } from "./byte-source.js";
import { wavContainer } from "./wav-container.js";
import { readFormat, type WavFormat } from "./wav-format.js";

export interface WavChunks {
  readonly format: WavFormat;
  /** Which byte of a number stands first: the highest in RIFX. */
  readonly littleEndian: boolean;
  /** Byte of the first sample. */
  readonly dataOffset: number;
  /** Whole frames: a sample of every channel each. */
  readonly frames: number;
  readonly warnings: readonly string[];
}

const MOST_CHUNKS = 10_000;
const UNKNOWN = 0xffffffff; // a size that 32 bits do not hold, or that nobody knew

/**
 * Walks the chunks of a WAV file: RIFF, RIFX, RF64 or BW64. Read with a warning: a `data` chunk of size 0 or 0xFFFFFFFF, as programs leave it that
 * write to a pipe, or of a size beyond the end of the file (all take the rest of the file); `fmt` after `data`; a chunk of odd
 * size without its padding byte; half a frame at the end; a wrong byte rate; a second `data` chunk (passed over).
 *
 * @throws BadFileError when this is no WAV file, has no `fmt` or no `data`, is in a format that `readFormat` does not know, or its
 *   sizes contradict each other
 */
export function wavChunks(source: ByteSource): WavChunks {
  const warnings: string[] = [];
  const { littleEndian, largeSizes } = wavContainer(source);
  let format: WavFormat | undefined;
  let data: { offset: number; bytes: number } | undefined;
  let at = 12;
  for (let chunks = 0; at + 8 <= source.size; chunks++) {
    if (chunks === MOST_CHUNKS)
      throw new BadFileError(source.file, at, `expected at most ${MOST_CHUNKS} chunks, got more`);
    const head = new ByteReader(source.file, source.read(at, 8), at, littleEndian);
    const id = head.text(4, "a chunk's name");
    const short = head.uint32("a chunk's size");
    const size = short === UNKNOWN ? (largeSizes.get(id) ?? short) : short;
    const left = source.size - at - 8;
    if (id === "data" && !data) {
      const bytes = dataBytes(source, at + 8, size, littleEndian, warnings);
      data = { offset: at + 8, bytes };
      at = next(source, at + 8, bytes, littleEndian, warnings);
      continue;
    }
    if (id === "data") warnings.push(`a second data chunk at byte ${at} is passed over`);
    if (id === "fmt ") {
      if (format) throw new BadFileError(source.file, at, "expected one chunk fmt, got a second");
      format = readFormat(
        new ByteReader(source.file, source.read(at + 8, Math.min(size, 64)), at + 8, littleEndian),
        size,
        warnings,
      );
      if (data) warnings.push("fmt stands after data");
    }
    if (size > left)
      warnings.push(
        `chunk ${JSON.stringify(id)} at byte ${at} claims ${size} bytes, the file has ${left} left`,
      );
    at = next(source, at + 8, size, littleEndian, warnings);
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
  return { format, littleEndian, dataOffset: data.offset, frames, warnings };
}

/** How many bytes the samples take, whatever the chunk claims. */
function dataBytes(
  source: ByteSource,
  offset: number,
  size: number,
  littleEndian: boolean,
  warnings: string[],
): number {
  const left = source.size - offset;
  if (size > left) {
    warnings.push(
      `data claims ${size === UNKNOWN ? "an unknown size" : `${size} bytes`}, the file has ${left} left`,
    );
    return left;
  }
  if (size > 0 || left === 0 || isChunk(source, offset, littleEndian)) return size;
  warnings.push(`data claims 0 bytes, the file has ${left} left`);
  return left;
}

/** Whether a chunk begins here that does not pass the end of the file. */
function isChunk(source: ByteSource, at: number, littleEndian: boolean): boolean {
  const head = source.read(at, 8);
  if (head.length < 8 || head.subarray(0, 4).some((byte) => byte < 0x20 || byte > 0x7e))
    return false;
  return (
    at + 8 + new DataView(head.buffer, head.byteOffset).getUint32(4, littleEndian) <= source.size
  );
}

/** Where the next chunk begins: after the padding byte of an odd size, unless it was left out. */
function next(
  source: ByteSource,
  offset: number,
  size: number,
  littleEndian: boolean,
  warnings: string[],
): number {
  const end = offset + size;
  if (size % 2 === 0 || end >= source.size) return end;
  if (isChunk(source, end + 1, littleEndian) || !isChunk(source, end, littleEndian)) return end + 1;
  warnings.push(`the chunk that ends at byte ${end} has an odd size and no padding`);
  return end;
}
