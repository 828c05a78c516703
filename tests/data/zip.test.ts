import { describe, expect, test } from "vitest";
import { zipEntries, zipLimits } from "../../lib/data/zip.js";
import { zipContents } from "../../lib/data/zip-contents.js";
import { BadFileError } from "../../lib/errors.js";
import { type Packed, streamedZip, zip, zip64 } from "./zip-bytes.js";

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

  test.each([
    ["written to a pipe", streamedZip],
    ["of 64 bits", zip64],
  ])("%s gives its files, held against their checksums", async (_, bytes) => {
    for await (const { name, read } of zipEntries({ bytes, file: "a.zip" }))
      expect([name, Buffer.from(await read()).toString()]).toEqual([
        "a/b.mid",
        "To be, or not to be.",
      ]);
    const damaged = Buffer.from(bytes);
    damaged[bytes.indexOf("PK\x01\x02", 0, "latin1") + 16] ^= 1; // of the checksum
    await expect(inspect([], damaged)).rejects.toThrow(/a\/b\.mid: expected bytes with CRC-32/);
  });

  const names = async (...packed: Packed["name"][]) => {
    const { entries } = await inspect(packed.map((name) => ({ name, content: text })));
    return entries.map((entry) => entry.name);
  };

  test("has its names decoded: UTF-8 with or without the flag, else code page 437", async () => {
    const latin = Uint8Array.of(0x4d, 0x75, 0x73, 0x82, 0x2e, 0x6d, 0x69, 0x64); // é is 0x82 there
    expect(await names("\u00e9.mid", latin)).toEqual(["\u00e9.mid", "Mus\u00e9.mid"]);
  });

  test("may part folders by backslashes, as archivers on Windows do", async () => {
    const found = await names("train\\a.mid", "train\\deep\\b.mid", "test\\");
    expect(found).toEqual(["train/a.mid", "train/deep/b.mid"]);
  });

  test("does not take half a Japanese character for one", async () => {
    const bytes = Uint8Array.of(0x83, 0x5c, 0x2f, 0x95, 0x5c, 0x2e, 0x6d, 0x69, 0x64); // a backslash in each
    const [name] = await names(bytes);
    expect(name.split("/")).toHaveLength(2);
    expect(name).toMatch(/\\\.mid$/);
  });

  test("tells symbolic links, which are files nowhere", async () => {
    const link = { name: "a.mid", content: text, claims: { system: 3, mode: 0o120777 } };
    const { entries, warnings } = await inspect([link, { name: "b.mid", content: text }]);
    expect(entries).toEqual([{ name: "b.mid", bytes: text.length }]);
    expect(warnings).toEqual(["1 symbolic links are passed over: a.mid"]);
    for await (const entry of zipEntries({ bytes: zip([link]), file: "a.zip" }))
      await expect(entry.read()).rejects.toThrow(/a\.mid: expected a file, got a symbolic link/);
  });

  test("with one damaged file gives the others", async () => {
    const files = [
      { name: "a", content: text, claims: { crc: 7 } },
      { name: "b", content: text },
    ];
    const read: string[] = [];
    for await (const entry of zipEntries({ bytes: zip(files), file: "a.zip" }))
      await entry.read().then(
        () => read.push(entry.name),
        (error: Error) => expect(error).toBeInstanceOf(BadFileError),
      );
    expect(read).toEqual(["b"]);
  });

  const bomb = Buffer.alloc(40 * 2 ** 20); // 40 MiB of zeros in 40 kB
  const cases: [string, readonly Packed[], RegExp][] = [
    [
      "a name that leads out of the folder",
      [{ name: "../../etc/passwd", content: text }],
      /a path that leads out of its folder: \.\.\/\.\.\/etc\/passwd/,
    ],
    ["one that does in the middle", [{ name: "a/../../x", content: text }], /leads out of/],
    ["one with backslashes", [{ name: "a\\..\\..\\x", content: text }], /leads out of/],
    [
      "one whose dots stand behind a byte of Shift-JIS",
      [{ name: Uint8Array.of(0x95, 0x5c, 0x2e, 0x2e, 0x5c, 0x78), content: text }],
      /leads out of/,
    ],
    ["an absolute name", [{ name: "/etc/passwd", content: text }], /absolute path: \/etc\/passwd/],
    ["an absolute name of Windows", [{ name: "\\\\host\\x", content: text }], /an absolute path/],
    ["a drive", [{ name: "C:\\x", content: text }], /a path with a drive: C:\/x/],
    ["a zero byte", [{ name: "a\0.mid", content: text }], /a zero byte/],
    [
      "a bomb",
      [{ name: "bomb", content: bomb }],
      /bomb: expected at most \d+ bytes, got a claim of 41943040/,
    ],
    [
      "a bomb that claims to be small",
      [{ name: "bomb", content: bomb, claims: { size: 10 } }],
      /bomb: expected 10 bytes as claimed, got more/,
    ],
    [
      "a file that claims to be larger than it is",
      [{ name: "a", content: text, claims: { size: 1000 } }],
      /a: expected 1000 bytes as claimed, got 27/,
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
    [
      "stored bytes that are not as many as claimed",
      [{ name: "a", content: text, claims: { method: 0, size: 20 } }],
      /a: expected 20 bytes as claimed, got more/,
    ],
    [
      "stored bytes that do not fit their checksum",
      [{ name: "d/a", content: text, claims: { method: 0, crc: 0xdeadbeef } }],
      /d\/a: expected bytes with CRC-32 deadbeef, got [0-9a-f]{8}; it is damaged/,
    ],
    [
      "deflated bytes that do not fit their checksum",
      [{ name: "a", content: text, claims: { crc: 0 } }],
      /a: expected bytes with CRC-32 00000000/,
    ],
    [
      "no bytes with a checksum",
      [{ name: "a", content: Buffer.alloc(0), claims: { method: 0, crc: 1 } }],
      /a: expected bytes with CRC-32 00000001, got 00000000/,
    ],
    [
      "two files of one name",
      [
        { name: "a/b", content: text },
        { name: "a\\b", content: text },
      ],
      /a\/b: expected one entry of this name, got a second/,
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
    const shared = Array.from({ length: 12 }, (_, i) => ({
      ...one,
      name: `${i}`,
      claims: { offset: 0 },
    })); // all point to one local header
    const { total } = zipLimits(first.length);
    expect(12 * one.content.length).toBeGreaterThan(total);
    await expect(inspect(shared)).rejects.toThrow(
      /expected at most \d+ bytes, got a claim of 31457280/,
    );
  });
});
