import { ByteReader, latin1 } from "./byte-reader.js";

/** Element types of a MATLAB 5 file that this reader meets by name. */
export const matElementTypes = {
  int8: 1,
  int32: 5,
  uint32: 6,
  matrix: 14,
  compressed: 15,
} as const;

export type MatNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

export type MatValue =
  /** Column-major: element (row, column) of an [m, n] matrix is `values[row + m × column]`. */
  | {
      readonly kind: "numbers";
      readonly dimensions: readonly number[];
      readonly values: MatNumbers;
    }
  | { readonly kind: "text"; readonly dimensions: readonly number[]; readonly text: string }
  | {
      readonly kind: "cells";
      readonly dimensions: readonly number[];
      readonly cells: readonly MatValue[];
    }
  /** Compressed columns: column c holds `values[starts[c]] … values[starts[c + 1] − 1]` in `rows[…]`; `values` all 1 when logical. */
  | {
      readonly kind: "sparse";
      readonly dimensions: readonly number[];
      readonly rows: Int32Array;
      readonly starts: Int32Array;
      readonly values: MatNumbers;
    };

/** Storage of numbers by element type: bytes per number, and the array that holds them. 64-bit integers become doubles. */
const storage: Readonly<
  Record<
    number,
    {
      bytes: number;
      make: (buffer: ArrayBuffer | SharedArrayBuffer, at: number, count: number) => MatNumbers;
    }
  >
> = {
  1: { bytes: 1, make: (b, at, n) => new Int8Array(b, at, n) },
  2: { bytes: 1, make: (b, at, n) => new Uint8Array(b, at, n) },
  3: { bytes: 2, make: (b, at, n) => new Int16Array(b, at, n) },
  4: { bytes: 2, make: (b, at, n) => new Uint16Array(b, at, n) },
  5: { bytes: 4, make: (b, at, n) => new Int32Array(b, at, n) },
  6: { bytes: 4, make: (b, at, n) => new Uint32Array(b, at, n) },
  7: { bytes: 4, make: (b, at, n) => new Float32Array(b, at, n) },
  9: { bytes: 8, make: (b, at, n) => new Float64Array(b, at, n) },
  12: { bytes: 8, make: (b, at, n) => Float64Array.from(new BigInt64Array(b, at, n), Number) },
  13: { bytes: 8, make: (b, at, n) => Float64Array.from(new BigUint64Array(b, at, n), Number) },
  16: { bytes: 1, make: (b, at, n) => new Uint8Array(b, at, n) }, // UTF-8 and UTF-16 hold text
  17: { bytes: 2, make: (b, at, n) => new Uint16Array(b, at, n) },
};

/** What a matrix class holds, in the words of `MatValue` where it is one. */
const classTitles: Readonly<Record<number, string>> = {
  1: "cells",
  2: "struct",
  3: "object",
  4: "text",
  5: "sparse",
  16: "function handle",
  17: "opaque object",
};
const isNumeric = (matrixClass: number) => matrixClass >= 6 && matrixClass <= 15;

const OPAQUE = 17; // it has no dimensions

const DEEPEST = 8; // cells within cells
const MOST_CELLS = 1 << 17; // the largest of the four music sets has 524
const MOST_DIMENSIONS = 32;

interface Element {
  readonly type: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What stands before a matrix's content. */
export interface MatHead {
  readonly name: string;
  readonly matrixClass: number;
  /** In the words of `MatValue` where it is one, else such as "struct". */
  readonly title: string;
  readonly isComplex: boolean;
  readonly dimensions: readonly number[];
}

/** Reads a matrix element's head; from there on messages name it. @throws BadFileError when it is not as the format says */
export function readMatHead(reader: ByteReader): MatHead {
  const flags = numbers(nextElement(reader, "array flags"), reader, matElementTypes.uint32, 2);
  const matrixClass = flags[0] & 0xff;
  const dimensions = matrixClass === OPAQUE ? [] : readDimensions(reader);
  const name = latin1(nextElement(reader, "a name").data.subarray(0, 256));
  if (name !== "") reader.about = `${name}: `;
  const isComplex = (flags[0] & 0x0800) !== 0;
  const plain = isNumeric(matrixClass) ? "numbers" : `class ${matrixClass}`;
  const title = isComplex ? "complex numbers" : (classTitles[matrixClass] ?? plain);
  return { name, matrixClass, title, isComplex, dimensions };
}

function readDimensions(reader: ByteReader): number[] {
  const sizes = nextElement(reader, "dimensions");
  const dimensions = [
    ...numbers(sizes, reader, matElementTypes.int32).subarray(0, MOST_DIMENSIONS + 1),
  ];
  if (dimensions.length < 2 || dimensions.length > MOST_DIMENSIONS || dimensions.some((d) => d < 0))
    reader.fail(
      `expected 2 to ${MOST_DIMENSIONS} dimensions from 0 up, got [${dimensions.slice(0, 8)}]`,
      sizes.offset,
    );
  return dimensions;
}

/** The content behind a head. @throws BadFileError on structs and other classes that this package has no use for */
export function readMatContent(
  reader: ByteReader,
  { matrixClass, title, isComplex, dimensions }: MatHead,
  depth = 0,
  budget = { cells: MOST_CELLS },
): MatValue {
  const count = dimensions.reduce((product, d) => product * d, 1);
  if (isComplex) reader.fail("expected real numbers, got a complex matrix");
  if (matrixClass === 1)
    return { kind: "cells", dimensions, cells: readCells(reader, count, depth, budget) };
  if (matrixClass === 5) return readSparse(reader, dimensions);
  if (matrixClass !== 4 && !isNumeric(matrixClass)) {
    const known = classTitles[matrixClass];
    reader.fail(
      `expected cells, text, numbers or a sparse matrix, got class ${matrixClass}${known ? ` ${title}` : ""}`,
    );
  }
  const element = nextElement(reader, "a matrix's numbers");
  const values = numbers(element, reader);
  if (values.length !== count)
    reader.fail(
      `expected ${count} numbers for a matrix of ${dimensions.join(" × ")}, got ${values.length}`,
      element.offset,
    );
  if (matrixClass !== 4) return { kind: "numbers", dimensions, values };
  return {
    kind: "text",
    dimensions,
    text: Array.from(values.subarray(0, 4096), (c) => String.fromCharCode(c)).join(""),
  };
}

function readCells(
  reader: ByteReader,
  count: number,
  depth: number,
  budget: { cells: number },
): MatValue[] {
  if (count * 8 > reader.left)
    reader.fail(`expected ${count} cells of at least 8 bytes each, got ${reader.left} bytes`);
  budget.cells -= count;
  if (budget.cells < 0) reader.fail(`expected at most ${MOST_CELLS} cells in a variable, got more`);
  const cells: MatValue[] = [];
  for (let i = 0; i < count; i++) {
    const { type, data, offset } = nextElement(reader, `cell ${i + 1} of ${count}`);
    if (type !== matElementTypes.matrix)
      reader.fail(`expected a matrix (14) in cell ${i + 1}, got element type ${type}`, offset);
    if (data.length === 0) cells.push(EMPTY);
    else {
      const start = reader.start + (data.byteOffset - reader.bytes.byteOffset);
      const cell = new ByteReader(reader.file, data, start, reader.littleEndian);
      cell.about = reader.about;
      if (depth === DEEPEST) cell.fail(`expected cells nested at most ${DEEPEST} deep, got more`);
      cells.push(readMatContent(cell, readMatHead(cell), depth + 1, budget));
    }
  }
  return cells;
}

const EMPTY: MatValue = { kind: "numbers", dimensions: [0, 0], values: new Uint8Array(0) };

function readSparse(reader: ByteReader, dimensions: readonly number[]): MatValue {
  const [height, width] = dimensions;
  if (dimensions.length !== 2)
    reader.fail(`expected 2 dimensions of a sparse matrix, got ${dimensions.length}`);
  const rowElement = nextElement(reader, "row numbers");
  const rows = numbers(rowElement, reader, matElementTypes.int32) as Int32Array;
  const startElement = nextElement(reader, "column starts");
  const starts = numbers(startElement, reader, matElementTypes.int32) as Int32Array;
  const values = numbers(nextElement(reader, "a sparse matrix's numbers"), reader);
  if (starts.length !== width + 1 || starts[0] !== 0)
    reader.fail(
      `expected ${width + 1} column starts from 0, got ${starts.length}`,
      startElement.offset,
    );
  for (let c = 0; c < width; c++)
    if (starts[c + 1] < starts[c])
      reader.fail(
        `expected rising column starts, got ${starts[c + 1]} after ${starts[c]}`,
        startElement.offset,
      );
  const used = starts[width];
  if (used > rows.length || used > values.length)
    reader.fail(
      `expected ${used} row numbers and values, got ${rows.length} and ${values.length}`,
      rowElement.offset,
    );
  for (let i = 0; i < used; i++)
    if (rows[i] < 0 || rows[i] >= height)
      reader.fail(`expected rows from 0 to ${height - 1}, got ${rows[i]}`, rowElement.offset);
  for (let c = 0; c < width; c++)
    for (let i = starts[c] + 1; i < starts[c + 1]; i++)
      if (rows[i] <= rows[i - 1])
        reader.fail(
          `expected rising rows in a column, got ${rows[i]} after ${rows[i - 1]}`,
          rowElement.offset,
        );
  return { kind: "sparse", dimensions, rows, starts, values };
}

/** The next element with its padding passed over; up to four bytes can sit in the tag itself. */
function nextElement(reader: ByteReader, what: string): Element {
  const offset = reader.offset;
  const tag = reader.uint32(what);
  if (tag >>> 16 !== 0) {
    const size = tag >>> 16;
    if (size > 4)
      reader.fail(`expected at most 4 bytes in a small element (${what}), got ${size}`, offset);
    const data = reader.take(4, what).subarray(0, size);
    return { type: tag & 0xffff, offset, data };
  }
  const data = reader.take(reader.uint32(what), what);
  if (tag !== matElementTypes.compressed)
    reader.position += Math.min(reader.left, (8 - (data.length % 8)) % 8);
  return { type: tag, offset, data };
}

const LITTLE_ENDIAN_HERE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** An element's numbers: a view where alignment and byte order allow, else a copy. */
function numbers(
  { type, offset, data }: Element,
  reader: ByteReader,
  expected?: number,
  count?: number,
): MatNumbers {
  const stored = storage[type];
  if (!stored || (expected !== undefined && type !== expected && !(expected === 6 && type === 5)))
    return reader.fail(
      `expected numbers of element type ${expected ?? "1 to 13"}, got type ${type}`,
      offset,
    );
  const { bytes, make } = stored;
  if (data.length % bytes !== 0)
    reader.fail(`expected a multiple of ${bytes} bytes, got ${data.length}`, offset);
  const length = data.length / bytes;
  if (count !== undefined && length !== count)
    reader.fail(`expected ${count} numbers, got ${length}`, offset);
  const foreign = bytes > 1 && reader.littleEndian !== LITTLE_ENDIAN_HERE;
  if (!foreign && data.byteOffset % bytes === 0) return make(data.buffer, data.byteOffset, length);
  const copy = Buffer.from(new Uint8Array(data).buffer);
  if (foreign)
    ({ 2: () => copy.swap16(), 4: () => copy.swap32(), 8: () => copy.swap64() })[
      bytes as 2 | 4 | 8
    ]();
  return make(copy.buffer, copy.byteOffset, length);
}
