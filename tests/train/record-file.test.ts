import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runRecord } from "../../lib/train/record.js";
import { readRecord, recordFile, recordText, writeRecord } from "../../lib/train/record-file.js";
import { madeUpRecord } from "../show/records.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-record-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const record = madeUpRecord("gru", { epochs: 2 });
const named = (data: string, cell = "gru") => ({
  ...record,
  configuration: { ...record.configuration, data, cell },
});

it("a record is read as it was written, under a name that tells data, cell and run", () => {
  const file = writeRecord(folder, record);
  expect(file).toBe(join(folder, "jsb-gru-0123456789abcdef.json"));
  expect(readRecord(file)).toEqual(record);
});

it.each([
  ["../../../etc/cron.d/evil", "gru", "_._.._.._etc_cron.d_evil-gru-0123456789abcdef.json"],
  ["/etc/passwd", "..", "_etc_passwd-_.-0123456789abcdef.json"],
  ["C:\\x", "a|b", "C__x-a_b-0123456789abcdef.json"],
  ["Bachs Choräle 2", "my_cell", "Bachs Choräle 2-my_cell-0123456789abcdef.json"],
])("data %o and cell %o are written within the folder", (data, cell, name) => {
  const file = writeRecord(folder, named(data, cell));
  expect(dirname(file)).toBe(folder);
  expect(readdirSync(folder)).toContain(name);
});

it("no name at all leads out of the folder", () => {
  const anything = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[./\\:~ a]+$/));
  fc.assert(
    fc.property(anything, anything, (data, cell) => {
      const file = recordFile(folder, named(data, cell));
      expect(dirname(file)).toBe(folder);
      expect(Buffer.byteLength(file)).toBeLessThan(folder.length + 2 * 250);
    }),
  );
});

it("what is no record is refused in one line that names the file and the remedy", () => {
  const text = recordText(record);
  const wrong: readonly (readonly [string, string])[] = [
    ["", "JSON"],
    [text.slice(0, 300), "JSON"],
    [text.replace('"seed": 1', '"seed": "1"'), "configuration.seed"],
    [text.replace('"seed": 1', '"seed": 1e300'), "configuration.seed"],
    [text.replace(record.id, "../../../../x"), "id"],
    [text.replace('"jsb"', '"js\\u0000b"'), "configuration.data"],
    ['{"__proto__":{"schema":"gated-rnn/run/1"}}', "schema"],
    ["[]", "no JSON object"],
  ];
  for (const [contents, what] of wrong) {
    const file = join(folder, "bad.json");
    writeFileSync(file, contents);
    expect(() => readRecord(file)).toThrow(
      expect.objectContaining({
        code: "record",
        message: expect.stringMatching(
          /^[^\n]*bad\.json: expected a gated-rnn\/run\/1 record, got [^\n]+; remove it to have its run trained again, or, [^\n]*$/,
        ),
      }),
    );
    expect(() => readRecord(file)).toThrow(what);
  }
});

it("keys that the schema does not know are left out, those with a meaning of their own too", () => {
  const strange = JSON.parse(
    recordText(record).replace("{", '{"__proto__":{"a":1},"constructor":1,'),
  );
  expect(runRecord.parse(strange)).toEqual({ ...record, checksum: expect.any(String) });
});
