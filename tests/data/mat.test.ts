import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { rollCounts } from "../../lib/data/counts.js";
import { fileContents } from "../../lib/data/file-contents.js";
import { inflatedLimit, readMat } from "../../lib/data/mat.js";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { notesAt, type PianoRoll } from "../../lib/data/piano-roll.js";
import { MatWriter } from "./mat-writer.js";
import { mirror, withoutMirror } from "./mirror.js";
import { publishedCounts } from "./published-counts.js";

const little = new MatWriter();
const big = new MatWriter(false);
const orders: [string, MatWriter][] = [
  ["little-endian", little],
  ["big-endian", big],
];

const values = (bytes: Uint8Array) =>
  Object.fromEntries(Array.from(readMat(bytes, "x.mat"), ({ name, value }) => [name, value]));
const lists = (rolls: readonly PianoRoll[]) =>
  rolls.map((roll) => Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)]));

describe.each(orders)("readMat of a %s file", (_order, mat) => {
  const file = (...elements: Uint8Array[]) => Buffer.concat([mat.header(), ...elements]);

  it("gives a matrix column by column, whether it is compressed or not", () => {
    const matrix = mat.bytesMatrix("m", 2, [1, 2, 3, 4, 5, 6]);
    const expected = {
      m: { kind: "numbers", dimensions: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    };
    expect(values(file(matrix))).toEqual(expected);
    expect(values(file(mat.element(15, deflateSync(matrix))))).toEqual(expected);
  });

  it("reads every kind of stored number", () => {
    const wide = (bytes: number, write: (view: DataView, little: boolean) => void) => {
      const content = new Uint8Array(bytes);
      write(new DataView(content.buffer), mat.littleEndian);
      return content;
    };
    const stored: [number, Uint8Array, number][] = [
      [1, Uint8Array.of(0x80), -128],
      [2, Uint8Array.of(0x80), 128],
      [3, wide(2, (view, order) => view.setInt16(0, -300, order)), -300],
      [4, wide(2, (view, order) => view.setUint16(0, 65535, order)), 65535],
      [5, wide(4, (view, order) => view.setInt32(0, -70000, order)), -70000],
      [6, wide(4, (view, order) => view.setUint32(0, 4294967295, order)), 4294967295],
      [7, wide(4, (view, order) => view.setFloat32(0, 1.5, order)), 1.5],
      [9, wide(8, (view, order) => view.setFloat64(0, Math.PI, order)), Math.PI],
      [12, wide(8, (view, order) => view.setBigInt64(0, -5n, order)), -5],
      [13, wide(8, (view, order) => view.setBigUint64(0, 2n ** 40n, order)), 2 ** 40],
    ];
    const matrices = stored.map(([type, content], i) =>
      mat.matrix(`v${i}`, 6 + (i % 10), [1, 1], mat.element(type, content)),
    );
    const read = Object.values(values(file(...matrices))).map(
      (value) => value.kind === "numbers" && [...value.values],
    );
    expect(read).toEqual(stored.map(([, , value]) => [value]));
  });

  it("reads small elements, whose content sits in their tag", () => {
    const matrix = mat.element(
      14,
      Buffer.concat([
        mat.element(6, mat.bytes32(6, 0)),
        mat.element(5, mat.bytes32(3, 1)),
        mat.small(1, Buffer.from("abc")),
        mat.small(2, Uint8Array.of(7, 8, 9)),
      ]),
    );
    expect(values(file(matrix))).toEqual({
      abc: { kind: "numbers", dimensions: [3, 1], values: Uint8Array.of(7, 8, 9) },
    });
  });

  it("reads cells, cells in cells, and the cell that is nothing but a tag", () => {
    const cells = mat.cells(
      "c",
      mat.bytesMatrix("", 1, [5]),
      mat.cells("", mat.bytesMatrix("", 1, [6, 7])),
      mat.element(14, Buffer.alloc(0)),
    );
    const numbers = (dimensions: number[], ...content: number[]) => ({
      kind: "numbers",
      dimensions,
      values: Uint8Array.from(content),
    });
    expect(values(file(cells)).c).toEqual({
      kind: "cells",
      dimensions: [1, 3],
      cells: [
        numbers([1, 1], 5),
        { kind: "cells", dimensions: [1, 1], cells: [numbers([1, 2], 6, 7)] },
        numbers([0, 0]),
      ],
    });
  });

  it("reads sparse matrices, logical matrices and text", () => {
    const sparse = mat.matrix(
      "s",
      5,
      [3, 2],
      mat.element(5, mat.bytes32(0, 2, 1)),
      mat.element(5, mat.bytes32(0, 2, 3)),
      mat.element(2, Uint8Array.of(1, 2, 3)),
    );
    const logical = mat.matrix("l", 0x0200 | 9, [1, 2], mat.element(2, Uint8Array.of(0, 1)));
    const text = mat.matrix(
      "t",
      4,
      [1, 2],
      mat.element(4, Buffer.concat([mat.bytes16(72), mat.bytes16(105)])),
    );
    const read = values(file(sparse, logical, text));
    expect(read.s).toMatchObject({
      kind: "sparse",
      dimensions: [3, 2],
      rows: Int32Array.of(0, 2, 1),
      starts: Int32Array.of(0, 2, 3),
    });
    expect(read.l).toEqual({ kind: "numbers", dimensions: [1, 2], values: Uint8Array.of(0, 1) });
    expect(read.t).toEqual({ kind: "text", dimensions: [1, 2], text: "Hi" });
  });
});

describe("readMat", () => {
  it("keeps a variable named __proto__ like any other", () => {
    const [variable] = readMat(
      Buffer.concat([little.header(), little.bytesMatrix("__proto__", 1, [1])]),
      "x.mat",
    );
    expect(variable).toMatchObject({ name: "__proto__", offset: 128 });
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });
});

describe("pianoRollsFromMat", () => {
  const music = (mat: MatWriter, train: Uint8Array[]) =>
    Buffer.concat([
      mat.header(),
      mat.cells("traindata", ...train),
      mat.cells("validdata"),
      mat.cells("testdata", mat.roll([[60]])),
    ]);

  it.each(orders)("takes column c as MIDI note c + 21 and row t as step t, %s", (_order, mat) => {
    const { train, valid, test } = pianoRollsFromMat(
      music(mat, [mat.roll([[21, 60, 108], [], [22]]), mat.roll([])]),
      "x.mat",
    );
    expect(lists(train)).toEqual([[[21, 60, 108], [], [22]], []]);
    expect(valid).toEqual([]);
    expect(lists(test)).toEqual([[[60]]]);
    expect(train[0].name).toBe("x.mat traindata 0");
  });

  it("reads a sparse roll and passes over stored zeros", () => {
    // note 21 in steps 0 and 1, a stored zero for note 21 + 87 in step 0
    const starts = [0, ...new Array(87).fill(2), 3];
    const sparse = little.matrix(
      "",
      5,
      [2, 88],
      little.element(5, little.bytes32(0, 1, 0)),
      little.element(5, little.bytes32(...starts)),
      little.element(2, Uint8Array.of(1, 1, 0)),
    );
    expect(lists(pianoRollsFromMat(music(little, [sparse]), "x.mat").train)).toEqual([
      [[21], [21]],
    ]);
  });

  it.each([
    [
      "a number other than 0 and 1",
      [little.bytesMatrix("", 1, [2, ...new Array(87).fill(0)])],
      /traindata: expected matrices of 0 and 1, got 2/,
    ],
    [
      "another width",
      [little.bytesMatrix("", 1, new Array(87).fill(0))],
      /expected matrices of steps × 88, got 1 × 87/,
    ],
    ["cells for a roll", [little.cells("")], /expected matrices of 0 and 1, got cells/],
  ])("refuses %s", (_what, train, message) => {
    expect(() => pianoRollsFromMat(music(little, train), "x.mat")).toThrow(message);
  });

  it("refuses a missing split, a split twice, and a split that is no list of cells", () => {
    const cells = (name: string) => little.cells(name);
    const of =
      (...variables: Uint8Array[]) =>
      () =>
        pianoRollsFromMat(Buffer.concat([little.header(), ...variables]), "x.mat");
    expect(of(cells("traindata"), cells("testdata"))).toThrow(
      /expected the variables traindata, validdata and testdata/,
    );
    expect(of(cells("traindata"), cells("traindata"))).toThrow(
      /traindata: expected one variable of this name, got a second/,
    );
    expect(of(little.roll([[60]], "traindata"))).toThrow(
      /traindata: expected cells of piano-rolls, got numbers/,
    );
  });

  describe("beside variables that are none of its three", () => {
    const mat = little;
    const text = (content: string) => mat.element(1, Buffer.from(content));
    const empty = mat.element(14, Buffer.alloc(0));
    /** Flags and names only: an opaque object, as strings and tables are saved, has no dimensions. */
    const opaque = mat.element(
      14,
      Buffer.concat([
        mat.element(6, mat.bytes32(17, 0)),
        ...["o", "MCOS", "table"].map(text),
        mat.bytesMatrix("", 1, [1]),
      ]),
    );
    const fields = [
      mat.small(5, mat.bytes32(8)),
      text("name\0\0\0\0"),
      mat.bytesMatrix("", 1, [1]),
    ];
    const structOf = (name: string) => mat.matrix(name, 2, [1, 1], ...fields);
    const complex = mat.element(2, Uint8Array.of(1));
    const beside: [string, Uint8Array, string][] = [
      ["a struct", structOf("meta"), "struct"],
      ["an object", mat.matrix("x", 3, [1, 1], text("inline"), ...fields), "object"],
      ["a function handle", mat.matrix("f", 16, [1, 1], structOf("")), "function handle"],
      ["an opaque object", opaque, "opaque object"],
      ["complex numbers", mat.matrix("z", 0x0806, [1, 1], complex, complex), "complex numbers"],
      ["a class of the future", mat.matrix("n", 40, [1, 1]), "class 40"],
      ["text", mat.matrix("t", 4, [1, 1], text("x")), "text"],
      [
        "logical numbers",
        mat.matrix("l", 0x0209, [1, 1], mat.element(2, Uint8Array.of(1))),
        "numbers",
      ],
      ["64-bit numbers", mat.matrix("i", 14, [1, 1], mat.element(12, Buffer.alloc(8))), "numbers"],
      ["cells of structs", mat.cells("c", structOf("")), "cells"],
      ["cells of nothing", mat.matrix("e", 1, [1, 1], empty), "cells"],
    ];
    it.each(beside)(
      "reads them and passes over %s, compressed or not",
      async (_, variable, kind) => {
        for (const one of [variable, mat.element(15, deflateSync(variable))]) {
          const bytes = Buffer.concat([music(mat, [mat.roll([[60], [61]])]), one]);
          expect(lists(pianoRollsFromMat(bytes, "x.mat").train)).toEqual([[[60], [61]]]);
          const contents = await fileContents(bytes, "x.mat");
          expect(contents.kind === "mat" && contents.variables?.[3].kind).toBe(kind);
        }
      },
    );

    it("does not unpack them: one may be larger than all that is wanted", () => {
      const size = inflatedLimit(0) + 2 ** 20;
      const numbers = mat.matrix("huge", 9, [1, size], mat.element(2, Buffer.alloc(size)));
      const huge = mat.element(15, deflateSync(numbers));
      const bytes = Buffer.concat([music(mat, []), huge]);
      expect(pianoRollsFromMat(bytes, "x.mat").train).toEqual([]);
      expect(() => [...readMat(bytes, "x.mat")]).toThrow("variables that inflate to at most");
    });

    it("names the one of the three that holds such a thing", () => {
      const of = (train: Uint8Array) => () =>
        pianoRollsFromMat(Buffer.concat([mat.header(), train]), "x.mat");
      expect(of(structOf("traindata"))).toThrow(
        /at byte \d+: traindata: expected .* class 2 struct/,
      );
      expect(of(mat.cells("traindata", structOf("")))).toThrow(/: traindata: expected .* struct/);
      const damaged = mat.cells("traindata", mat.bytesMatrix("", 1, [1, 2], 1));
      expect(of(damaged)).toThrow(/: traindata: expected 1 numbers for a matrix/);
    });
  });

  it.skipIf(!mirror).each(publishedCounts)(
    `reads $title with the published numbers of sequences, steps and notes${withoutMirror}`,
    ({ mat, counts }) => {
      const file = join(mirror as string, "music", mat);
      expect(rollCounts(pianoRollsFromMat(readFileSync(file), mat))).toEqual(counts);
    },
  );
});
