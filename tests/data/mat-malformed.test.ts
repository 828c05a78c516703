import { constants, deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflatedLimit, readMat } from "../../lib/data/mat.js";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { outcome, survivesDamage } from "./damage.js";
import { MatWriter } from "./mat-writer.js";

const mat = new MatWriter();
const readAllOfMat = (bytes: Uint8Array, name = "x.mat") => Array.from(readMat(bytes, name));

const sparse = (writer: MatWriter) =>
  writer.matrix(
    "",
    5,
    [2, 88],
    writer.element(5, writer.bytes32(0, 1)),
    writer.element(5, writer.bytes32(...new Array(88).fill(0), 2)),
    writer.element(2, Uint8Array.of(1, 1)),
  );
const musicOf = (writer: MatWriter) => [
  writer.element(15, deflateSync(writer.cells("traindata", writer.roll([[60, 64], []])))),
  writer.cells("validdata", sparse(writer)),
  writer.cells("testdata", writer.roll([[62]])),
];

describe.each([
  ["little-endian", mat],
  ["big-endian", new MatWriter(false)],
])("a damaged %s MATLAB file", (_order, writer) => {
  survivesDamage(Buffer.concat([writer.header(), ...musicOf(writer)]), pianoRollsFromMat);
});

describe("a MATLAB file", () => {
  const file = (...elements: Uint8Array[]) => Buffer.concat([mat.header(), ...elements]);
  const flags = mat.element(6, mat.bytes32(6, 0));
  const one = mat.element(5, mat.bytes32(1, 1));
  const content = (...elements: Uint8Array[]) => file(mat.element(14, Buffer.concat(elements)));

  it.each([
    ["an empty file", Buffer.alloc(0), "expected a MATLAB header of 128 bytes, got 0"],
    ["no byte order", Buffer.alloc(128), "expected the byte order IM or MI"],
    [
      "MATLAB 7.3",
      mat.header(0x0200),
      "expected version 0x0100 (MATLAB 5), got 0x0200; save with the option -v7",
    ],
    ["numbers outside a matrix", file(mat.element(9, Buffer.alloc(8))), "got element type 9"],
    [
      "a matrix longer than the file",
      file(mat.element(14, Buffer.alloc(8), 0x7fff_ffff)),
      "of 2147483647 bytes, got 8 bytes",
    ],
    [
      "a compressed element longer than the file",
      file(mat.element(15, Buffer.alloc(8), 0xffff_fff8)),
      "of 4294967288 bytes, got 8 bytes",
    ],
    [
      "an element longer than its matrix",
      content(mat.element(6, Buffer.alloc(8), 64)),
      "of 64 bytes, got 8 bytes",
    ],
    [
      "a small element of 5 bytes",
      content(flags, one, mat.small(1, Buffer.alloc(4), 5)),
      "at most 4 bytes in a small element",
    ],
    [
      "flags of another length",
      content(mat.element(6, Buffer.alloc(12))),
      "expected 2 numbers, got 3",
    ],
    [
      "one dimension",
      content(flags, mat.element(5, mat.bytes32(1))),
      "expected 2 to 32 dimensions",
    ],
    [
      "a negative dimension",
      content(flags, mat.element(5, mat.bytes32(1, -1))),
      "dimensions from 0 up, got [1,-1]",
    ],
    [
      "33 dimensions",
      content(flags, mat.element(5, mat.bytes32(...new Array(33).fill(1)))),
      "expected 2 to 32 dimensions",
    ],
    [
      "more numbers than the dimensions say",
      file(mat.bytesMatrix("", 1, [1, 2], 1)),
      "expected 1 numbers for a matrix of 1 × 1, got 2",
    ],
    [
      "dimensions of 10¹⁸ numbers",
      file(mat.matrix("", 6, [1e9, 1e9], mat.element(2, Buffer.alloc(8)))),
      "expected 1000000000000000000 numbers",
    ],
    [
      "half a double",
      file(mat.matrix("", 6, [1, 1], mat.element(9, Buffer.alloc(4)))),
      "expected a multiple of 8 bytes, got 4",
    ],
    [
      "2³¹ − 1 cells",
      file(mat.matrix("", 1, [1, 2 ** 31 - 1])),
      "expected 2147483647 cells of at least 8 bytes each, got 0 bytes",
    ],
    [
      "a cell that is no matrix",
      file(mat.cells("", mat.element(2, Buffer.alloc(8)))),
      "expected a matrix (14) in cell 1, got element type 2",
    ],
    ["a struct", file(mat.matrix("", 2, [1, 1])), "got class 2 struct"],
    ["an unknown class", file(mat.matrix("", 99, [1, 1])), "got class 99"],
    [
      "complex numbers",
      file(mat.matrix("", 0x0806, [1, 1])),
      "expected real numbers, got a complex matrix",
    ],
  ])("is refused when it is or holds %s", (_what, bytes, message) => {
    expect(() => readAllOfMat(bytes)).toThrow(message);
    expect(outcome(readAllOfMat, bytes)).toBe("bad file");
  });

  const sparseOf = (dimensions: number[], rows: number[], starts: number[], count: number) =>
    file(
      mat.matrix(
        "",
        5,
        dimensions,
        mat.element(5, mat.bytes32(...rows)),
        mat.element(5, mat.bytes32(...starts)),
        mat.element(2, Buffer.alloc(count, 1)),
      ),
    );
  it.each([
    ["a row past the last", sparseOf([2, 1], [2], [0, 1], 1), "expected rows from 0 to 1, got 2"],
    ["a negative row", sparseOf([2, 1], [-1], [0, 1], 1), "expected rows from 0 to 1, got -1"],
    [
      "falling column starts",
      sparseOf([2, 2], [0, 1], [0, 2, 1], 2),
      "expected rising column starts, got 1 after 2",
    ],
    [
      "a row twice in a column",
      sparseOf([2, 1], [1, 1], [0, 2], 2),
      "expected rising rows in a column, got 1 after 1",
    ],
    ["column starts from 1", sparseOf([2, 1], [0], [1, 1], 1), "expected 2 column starts from 0"],
    [
      "too few column starts",
      sparseOf([2, 1e9], [0], [0, 1], 1),
      "expected 1000000001 column starts from 0, got 2",
    ],
    [
      "more values in the columns than there are",
      sparseOf([2, 1], [0], [0, 2], 1),
      "expected 2 row numbers and values, got 1 and 1",
    ],
    [
      "three dimensions",
      sparseOf([2, 1, 1], [0], [0, 1], 1),
      "expected 2 dimensions of a sparse matrix, got 3",
    ],
  ])("is refused when a sparse matrix has %s", (_what, bytes, message) => {
    expect(() => readAllOfMat(bytes)).toThrow(message);
  });

  it("is refused when cells are nested ten thousand deep", () => {
    const head = Buffer.concat([
      mat.element(6, mat.bytes32(1, 0)),
      one,
      mat.element(1, Buffer.alloc(0)),
    ]);
    const levels: Buffer[] = [];
    for (let level = 10_000, size = 0; level > 0; level--) {
      size += head.length + 8;
      levels.push(Buffer.concat([mat.bytes32(14, size - 8), head]));
    }
    expect(() => readAllOfMat(file(...levels.reverse()))).toThrow(
      "expected cells nested at most 8 deep, got more",
    );
  });

  describe("with compressed data", () => {
    /** Raw deflate blocks that inflate to 2³⁰ zeros, made without ever holding them. */
    const block = deflateRawSync(Buffer.alloc(2 ** 24), {
      finishFlush: constants.Z_FULL_FLUSH,
      level: 9,
    });
    const bomb = (claim: number) => {
      const start = deflateRawSync(mat.bytes32(14, claim), { finishFlush: constants.Z_FULL_FLUSH });
      return file(
        mat.element(
          15,
          Buffer.concat([Buffer.of(0x78, 0x9c), start, ...new Array(64).fill(block)]),
        ),
      );
    };
    const compressed = (inflated: Uint8Array) => file(mat.element(15, deflateSync(inflated)));

    it.each([
      ["claims its gigabyte", bomb(2 ** 30), "expected variables that inflate to at most"],
      [
        "claims little and inflates to a gigabyte",
        bomb(64),
        "expected zlib data that inflates to 64 bytes",
      ],
      [
        "claims as much as it may and inflates to more",
        bomb(2 ** 25),
        "expected zlib data that inflates to 33554432 bytes",
      ],
    ])("is refused within 256 MiB when it %s", (_what, bytes, message) => {
      const before = process.resourceUsage().maxRSS; // KiB, the most so far
      expect(() => readAllOfMat(bytes)).toThrow(message);
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(2 ** 18);
    });

    it("is refused when many variables together inflate to more than a file of its size may", () => {
      const zeros = mat.element(
        15,
        deflateSync(mat.matrix("z", 6, [1, 2 ** 20], mat.element(2, Buffer.alloc(2 ** 20)))),
      );
      const bytes = file(...new Array(64).fill(zeros));
      expect(inflatedLimit(bytes.length)).toBeLessThan(64 * 2 ** 20);
      expect(() => readAllOfMat(bytes)).toThrow(
        /expected variables that inflate to at most \d+ bytes more, got 1048/,
      );
    });

    it.each([
      [
        "no zlib data",
        file(mat.element(15, Buffer.alloc(64, 7))),
        "expected zlib data, got something else",
      ],
      [
        "nothing",
        compressed(Buffer.alloc(0)),
        "expected a compressed element's type of 4 bytes, got 0",
      ],
      [
        "half a tag",
        compressed(mat.bytes32(14)),
        "expected a compressed element's size of 4 bytes, got 0",
      ],
      [
        "no matrix",
        compressed(mat.element(9, Buffer.alloc(8))),
        "expected a matrix (14) inside compressed data, got element type 9",
      ],
      [
        "compressed data again",
        compressed(mat.element(15, deflateSync(mat.roll([[60]])))),
        "got element type 15",
      ],
      [
        "less than it claims",
        compressed(mat.element(14, Buffer.alloc(8), 16)),
        "expected 16 bytes inflated, got 8",
      ],
      [
        "far less than it claims",
        compressed(mat.element(14, Buffer.alloc(8), 0x7fff_ffff)),
        "expected at most 1032 times",
      ],
      [
        "more than it claims",
        compressed(mat.element(14, Buffer.alloc(64), 8)),
        "expected zlib data that inflates to 8 bytes",
      ],
    ])("is refused when that holds %s", (_what, bytes, message) => {
      expect(() => readAllOfMat(bytes)).toThrow(message);
    });
  });
});
