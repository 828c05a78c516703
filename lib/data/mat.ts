import { inflateSync, constants as zlib } from "node:zlib";
import { BadFileError } from "../errors.js";
import { ByteReader } from "./byte-reader.js";
import { type MatValue, matElementTypes, readMatrix } from "./mat-matrix.js";

export interface MatVariable {
  readonly name: string;
  /** Where its element begins in the file. */
  readonly offset: number;
  readonly value: MatValue;
}

const HEADER_BYTES = 128;

/** zlib cannot make more than 1,032 bytes of one. */
const HIGHEST_RATIO = 1032;

/** How many bytes the compressed variables of a file may inflate to, together: room for the largest of the four music sets (34.6 MB). */
export const inflatedLimit = (fileBytes: number) => 36 * 2 ** 20 + 2 * fileBytes;

/**
 * The variables of a MATLAB 5 file (`save -v6` and `-v7`), one after the other, in either byte order: cell arrays, text,
 * and numeric, logical and sparse matrices, compressed or not. One variable is in memory at a time unless the caller keeps it.
 *
 * Source: "MAT-File Format", The MathWorks, chapter 1.
 *
 * @throws BadFileError on anything else: other MATLAB versions, structs and objects, truncated files, sizes that do not fit
 *   what holds them, and compressed data that inflates beyond `inflatedLimit` or beyond what it declares
 */
export function* readMat(bytes: Uint8Array, file: string): Generator<MatVariable> {
  const reader = new ByteReader(file, bytes);
  readHeader(reader);
  let inflated = 0;
  while (reader.left > 0) {
    const offset = reader.offset;
    const type = reader.uint32("an element's type");
    const size = reader.uint32("an element's size");
    if (type !== matElementTypes.compressed && type !== matElementTypes.matrix)
      reader.fail(
        `expected a matrix (14) or a compressed one (15), got element type ${type}`,
        offset,
      );
    const data = reader.take(size, "an element");
    if (type === matElementTypes.matrix) {
      yield { offset, ...readMatrix(new ByteReader(file, data, offset + 8, reader.littleEndian)) };
      continue;
    }
    const content = inflate(
      data,
      file,
      offset,
      reader.littleEndian,
      inflatedLimit(bytes.length) - inflated,
    );
    inflated += content.length;
    yield { offset, ...readMatrix(new ByteReader(file, content, offset, reader.littleEndian)) };
  }
}

function readHeader(reader: ByteReader): void {
  const header = new ByteReader(reader.file, reader.take(HEADER_BYTES, "a MATLAB header"));
  header.position = 126;
  const order = header.text(2, "the byte order");
  if (order !== "IM" && order !== "MI")
    reader.fail(
      `expected the byte order IM or MI of a MATLAB 5 file, got ${JSON.stringify(order)}`,
      126,
    );
  reader.littleEndian = header.littleEndian = order === "IM";
  header.position = 124;
  const version = header.uint16("the version");
  if (version !== 0x0100)
    reader.fail(
      `expected version 0x0100 (MATLAB 5), got 0x${version.toString(16).padStart(4, "0")}; save with the option -v7`,
      124,
    );
}

/** What a compressed element holds: the content of one matrix element, whose tag tells how long it is before the rest is inflated. */
function inflate(
  data: Uint8Array,
  file: string,
  offset: number,
  littleEndian: boolean,
  limit: number,
): Uint8Array {
  const bad = (problem: string, cause?: unknown) => {
    const detail = cause instanceof Error ? ` (${cause.message})` : "";
    return new BadFileError(file, offset, `${problem}${detail}`);
  };
  let start: Buffer;
  try {
    start = inflateSync(data.subarray(0, 1024), { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch (error) {
    throw bad("expected zlib data, got something else", error);
  }
  const tag = new ByteReader(file, start, offset, littleEndian);
  const type = tag.uint32("a compressed element's type");
  const size = tag.uint32("a compressed element's size");
  if (type !== matElementTypes.matrix)
    throw bad(`expected a matrix (14) inside compressed data, got element type ${type}`);
  if (size > HIGHEST_RATIO * data.length)
    throw bad(
      `expected at most ${HIGHEST_RATIO} times ${data.length} bytes inflated, got a claim of ${size}`,
    );
  if (size > limit)
    throw bad(
      `expected variables that inflate to at most ${limit} bytes more, got ${size}; save them uncompressed or as uint8`,
    );
  try {
    const content = inflateSync(data, {
      maxOutputLength: size + 8,
      chunkSize: Math.max(64, size + 9),
    });
    if (content.length < size + 8)
      throw bad(`expected ${size} bytes inflated, got ${content.length - 8}`);
    return content.subarray(8);
  } catch (error) {
    if (error instanceof BadFileError) throw error;
    throw bad(`expected zlib data that inflates to ${size} bytes, got something else`, error);
  }
}
