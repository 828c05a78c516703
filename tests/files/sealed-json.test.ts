import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseJson } from "../../lib/files/json.js";
import { contentChecksum, readSealed, sealed } from "../../lib/files/sealed-json.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-json-"));
  file = join(folder, "x.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const schema = z.object({ name: z.string(), list: z.array(z.number()) });
const read = (text: string | Uint8Array) => {
  writeFileSync(file, text);
  return readSealed(file, schema, { expected: "a list", remedy: "make it again" });
};

describe("a document's checksum", () => {
  it("is the sha256 of its JSON without white space, names in order at every depth", () => {
    const text = '{"a":[{"x":1,"y":null}],"b":"ü","c":0.1}';
    const other = { c: 0.1, b: "ü", a: [{ y: null, x: 1 }], left: undefined };
    expect(contentChecksum(other)).toBe(createHash("sha256").update(text).digest("hex"));
  });

  it("does not change when the file is laid out anew, and changes with what it says", () => {
    const document = sealed({ name: "n", list: [1, 2.5e-7] });
    expect(read(JSON.stringify(document, null, 4))).toEqual({ name: "n", list: [1, 2.5e-7] });
    const { checksum, name, list } = document;
    expect(read(JSON.stringify({ list, checksum, name }))).toEqual({ name, list });
    expect(() => read(JSON.stringify({ ...document, name: "m" }))).toThrow(
      /x\.json: expected a list, got content of checksum [0-9a-f]{8} where it says [0-9a-f]{8}: it was damaged, or changed by hand; make it again$/,
    );
    expect(() => read(JSON.stringify({ ...document, more: 1 }))).toThrow("changed by hand");
  });

  it("may be missing: a document of before there were any, or of one who took it out on purpose", () => {
    expect(read('{"name":"n","list":[]}')).toEqual({ name: "n", list: [] });
  });

  it("is made anew when a document is sealed again", () => {
    const first = sealed({ name: "n", list: [1] });
    expect(sealed({ ...first, name: "m" })).toEqual(sealed({ name: "m", list: [1] }));
  });
});

describe("a document is refused in one line", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["that is cut off", '{"name":\n"n"', "got no JSON ("],
    ["that is empty", "", "got no JSON ("],
    ["that is a list", "[]", "got no JSON object"],
    ["that is null", "null", "got no JSON object"],
    [
      "with a name twice",
      '{"name":"n","list":[],"name":"m"}',
      'got no JSON (the name "name" twice)',
    ],
    ["of other fields", '{"name":1,"list":[]}', 'got no valid "name" (Invalid input'],
    ["with a NaN that JSON made null", '{"name":"n","list":[null]}', 'got no valid "list.0"'],
    ["that is no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "got The encoded data was not valid"],
    [
      "of a depth that only a mistake has",
      `{"name":"n","list":[],"checksum":"x","more":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      "got Maximum call stack size exceeded",
    ],
    ["of endless depth", `{"name":${"[".repeat(200_000)}`, "got no JSON ("],
  ])("%s", (_, text, problem) => {
    expect(() => read(text)).toThrow(problem);
    expect(() => read(text)).toThrow(/^[^\n]*x\.json: expected a list, got [^\n]*; make it again$/);
  });

  it("that is not there, or a folder", () => {
    const expectation = { expected: "a list", remedy: "make it again" };
    expect(() => readSealed(join(folder, "none"), schema, expectation)).toThrow("ENOENT");
    expect(() => readSealed(folder, schema, expectation)).toThrow("EISDIR");
  });
});

it("JSON keeps names apart that are of different objects, in lists, or in texts", () => {
  const text = '{"a":{"a":[{"a":1},{"a":"\\"a\\":"}]},"b":["a","a"],"__proto__":{"a":"\\\\"}}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(() => parseJson('{"x":{"b":{},"b" \n :1}}')).toThrow('the name "b" twice');
});
