import { describe, expect, test } from "vitest";
import { zipEntries, zipLimits } from "../../lib/data/zip.js";
import { zipContents } from "../../lib/data/zip-contents.js";
import { BadFileError } from "../../lib/errors.js";
import { type Packed, zip } from "./zip-bytes.js";

const text = Buffer.from("To be, or not to be: to be.");
const inspect = (files: readonly Packed[], bytes = zip(files)) =>
  zipContents({ bytes, file: "a.zip" });

describe("a zip archive", () => {
  test("gives its files, folders left out", async () => {
    const bytes = zip([
      { name: "a/", content: Buffer.alloc(0) },
      { name: "a/b.txt", content: text },
      { name: "c", content: Buffer.alloc(0) },
    ]);
    const found: [string, string][] = [];
    for await (const entry of zipEntries({ bytes, file: "a.zip" }))
      found.push([entry.name, Buffer.from(await entry.read()).toString()]);
    expect(found).toEqual([
      ["a/b.txt", text.toString()],
      ["c", ""],
    ]);
  });

  const bomb = Buffer.alloc(40 * 2 ** 20); // 40 MiB of zeros in 40 kB
  const cases: [string, readonly Packed[], RegExp][] = [
    [
      "a name that leads out of the folder",
      [{ name: "../../etc/passwd", content: text }],
      /invalid relative path: \.\.\/\.\.\/etc\/passwd/,
    ],
    ["an absolute name", [{ name: "/etc/passwd", content: text }], /absolute path: \/etc\/passwd/],
    [
      "a name with backslashes",
      [{ name: "..\\x", content: text }],
      /invalid characters in fileName/,
    ],
    [
      "a bomb",
      [{ name: "bomb", content: bomb }],
      /bomb: expected at most \d+ bytes, got a claim of 41943040/,
    ],
    [
      "a bomb that claims to be small",
      [{ name: "bomb", content: bomb, claims: { size: 10 } }],
      /too many bytes|more/,
    ],
    [
      "a file that claims to be larger than it is",
      [{ name: "a", content: text, claims: { size: 1000 } }],
      /not enough bytes|expected 1000 bytes/,
    ],
    [
      "a file that claims to be beyond the end",
      [{ name: "a", content: text, claims: { offset: 5000 } }],
      /at byte 5000: /,
    ],
    [
      "compressed bytes beyond the end",
      [{ name: "a", content: text, claims: { compressedSize: 5000 } }],
      /file data overflows|expected a zip archive/,
    ],
    ["encryption", [{ name: "a", content: text, claims: { flags: 1 } }], /encrypt/],
    [
      "a method that nobody knows",
      [{ name: "a", content: text, claims: { method: 99 } }],
      /compression method: 99/,
    ],
  ];
  test.each(cases)("is refused for %s", async (_, files, message) => {
    const bytes = zip(files);
    await expect(inspect(files, bytes)).rejects.toThrow(BadFileError);
    await expect(inspect(files, bytes)).rejects.toThrow(/^a\.zip: at byte \d+: /);
    await expect(inspect(files, bytes)).rejects.toThrow(message);
  });

  test("is refused when it is cut off, damaged or none", async () => {
    const whole = zip([{ name: "a", content: text }]);
    await expect(inspect([], whole.slice(0, -5))).rejects.toThrow("expected a zip archive");
    await expect(inspect([], new Uint8Array(0))).rejects.toThrow(BadFileError);
    const damaged = Uint8Array.from(whole);
    damaged.fill(0xff, 34, 44);
    await expect(inspect([], damaged)).rejects.toThrow(BadFileError);
  });

  test("cannot hold more in many overlapping files than its limit", async () => {
    const one = { name: "a", content: Buffer.alloc(30 * 2 ** 20) };
    const first = zip([one]);
    const shared = Array.from({ length: 12 }, () => ({ ...one, claims: { offset: 0 } })); // all point to one local header
    const { total } = zipLimits(first.length);
    expect(12 * one.content.length).toBeGreaterThan(total);
    await expect(inspect(shared)).rejects.toThrow(
      /expected at most \d+ bytes, got a claim of 31457280/,
    );
  });
});
