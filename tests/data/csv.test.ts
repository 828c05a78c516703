import { describe, expect, it } from "vitest";
import { cellNumber, readCsv } from "../../lib/data/csv.js";

const read = (text: string) => readCsv(new TextEncoder().encode(text), "some.csv");

describe("a table", () => {
  it("has columns by name, rows of cells without space around them, and their lines", () => {
    const table = read('a, b\n1,2\n\n"3","x, y"\n');
    expect(table).toEqual({
      file: "some.csv",
      columns: ["a", "b"],
      rows: [
        ["1", "2"],
        ["3", "x, y"],
      ],
      lines: [2, 4],
    });
  });

  it.each([
    ["semicolons", "a;b,c;d\n1;2;3\n"],
    ["tabs", "a\tb,c\td\n1\t2\t3\n"],
  ])("is cut at %s where its first line has more of them", (_, text) => {
    expect(read(text).columns).toEqual(["a", "b,c", "d"]);
  });

  it("may begin with a byte order mark and end its lines as Windows does", () => {
    expect(read("\ufeffa,b\r\n1,2\r\n")).toMatchObject({ columns: ["a", "b"], rows: [["1", "2"]] });
  });
});

it.each([
  ["1", 1],
  ["-1.5e3", -1500],
  ["1,5", 1.5],
  ["+0,25", 0.25],
])("reads %s as %s", (cell, value) => {
  expect(cellNumber(cell)).toBe(value);
});

it.each(["", "x", "NaN", "Infinity", "1,5,2", "1.234,5"])("%s is no number", (cell) => {
  expect(cellNumber(cell)).toBeUndefined();
});

it.each([
  ["nothing", "", "expected a line of names and rows, got an empty file"],
  [
    "rows of another length",
    "a,b\n1,2\n1,2,3\n",
    "some.csv: expected comma-separated values, got: ",
  ],
  ["a quote left open", 'a,b\n"1,2\n', "expected comma-separated values"],
  [
    "numbers for names",
    "1,2\n3,4\n",
    'line 1: expected a name for each column, got "1" for column 1',
  ],
  ["a column without a name", "a,\n1,2\n", 'got "" for column 2'],
  ["twins among names", "a,a\n1,2\n", "got a twice"],
])("%s is refused", (_, text, message) => {
  expect(() => read(text)).toThrow(message);
  expect(() => read(text)).toThrow(expect.objectContaining({ code: "bad-file" }));
});

it("bytes that are no UTF-8 are refused", () => {
  expect(() => readCsv(Uint8Array.of(0x61, 0xff, 0x0a), "x.csv")).toThrow("expected text in UTF-8");
});
