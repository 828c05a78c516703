import { inflateSync, constants as zlib } from "node:zlib";
import { BadFileError } from "../errors.js";
import { ByteReader } from "./byte-reader.js";
import {
  type MatHead,
  type MatValue,
  matElementTypes,
  readMatContent,
  readMatHead,
} from "./mat-matrix.js";

interface MatVariable {
  readonly name: string;
  /** Where its element begins in the file. */
  readonly offset: number;
  readonly value: MatValue | PassedOver;
}

/** A variable that was not asked for: what it is, but not its content. */
interface PassedOver {
  readonly kind: "passed over";
  /** Such as "numbers", "struct" or "function handle". */
  readonly title: string;
  readonly dimensions: readonly number[];
}

const HEADER_BYTES = 128;

/** zlib cannot make more than 1,032 bytes of one. */
const HIGHEST_RATIO = 1032;

/** How many bytes the compressed variables of a file may inflate to, together: room for the largest of the four music sets (34.6 MB). */
export const inflatedLimit = (fileBytes: number) => 36 * 2 ** 20 + 2 * fileBytes;

/**
 * The variables of a MATLAB 5 file (`save -v6` and `-v7`), one after the other, in either byte order: cell arrays, text,
 * and numeric, logical and sparse matrices, compressed or not. One variable is in memory at a time unless the caller keeps it.
 * Variables that are not wanted may hold anything; their content is not read.
 *
 * Source: "MAT-File Format", The MathWorks, chapter 1.
 *
 * @param wanted by what stands before its content; default: all
 * @throws BadFileError on anything else, naming the variable: other MATLAB versions, wanted structs and objects, truncated files, sizes that do not fit
 *   what holds them, and compressed data that inflates beyond `inflatedLimit` or beyond what it declares
 */
export function* readMat(
  bytes: Uint8Array,
  file: string,
  wanted?: (head: MatHead) => boolean,
): Generator<MatVariable> {
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
    const isCompressed = type === matElementTypes.compressed;
    const reading = (content: Uint8Array) =>
      new ByteReader(file, content, isCompressed ? offset : offset + 8, reader.littleEndian);
    if (wanted) {
      const start = isCompressed ? startOf(data, reader, offset).content : data;
      const head = readMatHead(reading(start));
      if (!wanted(head)) {
        const { name, title, dimensions } = head;
        yield { name, offset, value: { kind: "passed over", title, dimensions } };
        continue;
      }
    }
    const limit = inflatedLimit(bytes.length) - inflated;
    const content = isCompressed ? inflate(data, reader, offset, limit) : data;
    if (isCompressed) inflated += content.length;
    const variable = reading(content);
    const head = readMatHead(variable);
    yield { name: head.name, offset, value: readMatContent(variable, head) };
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

const START_BYTES = 1024; // compressed
const TAG_BYTES = 8;

/** The beginning of what a compressed element holds, without its tag, and the size that the tag claims. */
function startOf(
  data: Uint8Array,
  { file, littleEndian }: ByteReader,
  offset: number,
): { content: Uint8Array; size: number } {
  let start: Buffer;
  try {
    start = inflateSync(data.subarray(0, START_BYTES), { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch (error) {
    throw new BadFileError(file, offset, `expected zlib data, got something else${detail(error)}`);
  }
  const tag = new ByteReader(file, start, offset, littleEndian);
  const type = tag.uint32("a compressed element's type");
  const size = tag.uint32("a compressed element's size");
  if (type !== matElementTypes.matrix)
    tag.fail(`expected a matrix (14) inside compressed data, got element type ${type}`, offset);
  if (size > HIGHEST_RATIO * data.length)
    tag.fail(
      `expected at most ${HIGHEST_RATIO} times ${data.length} bytes inflated, got a claim of ${size}`,
      offset,
    );
  return { content: start.subarray(TAG_BYTES), size };
}

/** What a compressed element holds, without its tag, which tells how long it is before the rest is inflated. */
function inflate(data: Uint8Array, reader: ByteReader, offset: number, limit: number): Uint8Array {
  const { size } = startOf(data, reader, offset);
  const bad = (problem: string) => new BadFileError(reader.file, offset, problem);
  if (size > limit)
    throw bad(
      `expected variables that inflate to at most ${limit} bytes more, got ${size}; save them uncompressed or as uint8`,
    );
  try {
    const content = inflateSync(data, {
      maxOutputLength: size + TAG_BYTES,
      chunkSize: Math.max(64, size + TAG_BYTES + 1),
    });
    if (content.length < size + TAG_BYTES)
      throw bad(`expected ${size} bytes inflated, got ${content.length - TAG_BYTES}`);
    return content.subarray(TAG_BYTES);
  } catch (error) {
    if (error instanceof BadFileError) throw error;
    throw bad(
      `expected zlib data that inflates to ${size} bytes, got something else${detail(error)}`,
    );
  }
}

const detail = (error: unknown) => (error instanceof Error ? ` (${error.message})` : "");
