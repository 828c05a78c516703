import { describe, expect, test } from "vitest";
import { fileContents } from "../../lib/data/file-contents.js";
import { type WavReader, wavInMemory } from "../../lib/data/wav.js";
import { BadFileError } from "../../lib/errors.js";
import { chunk, fmt, riff, u16, u32, wav } from "./wav-file.js";

const open = (bytes: ArrayLike<number>) => wavInMemory(Uint8Array.from(bytes), "a.wav");
const samples = (reader: WavReader) => reader.read(0, reader.frames).map((channel) => [...channel]);
const letters = (text: string) => [...Buffer.from(text, "latin1")];
const u64 = (n: number) => [...u32(n % 2 ** 32), ...u32(Math.floor(n / 2 ** 32))];

describe("RIFX has the highest byte of every number first:", () => {
  const big = (bytes: number, ...values: number[]) =>
    values.flatMap((value) => {
      const content = Buffer.alloc(bytes);
      content.writeIntBE(value, 0, bytes);
      return [...content];
    });
  const bigChunk = (id: string, content: readonly number[]) => [
    ...letters(id),
    ...big(4, content.length),
    ...content,
    ...(content.length % 2 ? [0] : []),
  ];
  const rifx = (format: readonly number[], data: readonly number[]) => {
    const chunks = [...bigChunk("LIST", [1, 2, 3]), ...bigChunk("fmt ", format)];
    const content = [...letters("WAVE"), ...chunks, ...bigChunk("data", data)];
    return [...letters("RIFX"), ...big(4, content.length), ...content];
  };
  const format = (tag: number, bits: number, channels = 1) => {
    const frame = (channels * bits) / 8;
    return [
      ...[tag >> 8, tag & 0xff],
      ...big(2, channels),
      ...big(4, 8000, 8000 * frame),
      ...big(2, frame, bits),
    ];
  };
  const floats = (bits: 32 | 64, ...values: number[]) =>
    values.flatMap((value) => {
      const content = Buffer.alloc(bits / 8);
      bits === 32 ? content.writeFloatBE(value) : content.writeDoubleBE(value);
      return [...content];
    });
  const extension = [...big(2, 22, 16), ...big(4, 4)];
  const cases: [string, number[], number[], number[][]][] = [
    ["8 bits", format(1, 8), [0, 128, 192], [[-1, 0, 0.5]]],
    ["16 bits", format(1, 16), big(2, -32768, 0, 16384, 1), [[-1, 0, 0.5, 2 ** -15]]],
    ["24 bits", format(1, 24), big(3, -(2 ** 23), 2 ** 22, 1), [[-1, 0.5, 2 ** -23]]],
    ["32 bits", format(1, 32), big(4, -(2 ** 31), 2 ** 30), [[-1, 0.5]]],
    ["32-bit floats", format(3, 32), floats(32, -1, 0.25), [[-1, 0.25]]],
    ["64-bit floats", format(3, 64), floats(64, -1, 0.25), [[-1, 0.25]]],
    ["A-law", format(6, 8), [0xd5, 0x2a], [[8 / 32768, -32256 / 32768]]],
    ["µ-law", format(7, 8), [0xff, 0x80], [[0, 32124 / 32768]]],
    ["two channels", format(1, 16, 2), big(2, 16384, -16384), [[0.5], [-0.5]]],
    [
      "WAVE_FORMAT_EXTENSIBLE",
      [
        ...format(0xfffe, 16),
        ...extension,
        ...Buffer.from("0000000100000010800000aa00389b71", "hex"),
      ],
      big(2, 16384),
      [[0.5]],
    ],
    [
      "that with its identifier the other way round",
      [
        ...format(0xfffe, 16),
        ...extension,
        ...Buffer.from("0100000000001000800000aa00389b71", "hex"),
      ],
      big(2, 16384),
      [[0.5]],
    ],
  ];
  test.each(cases)("%s", (_, about, data, expected) => {
    const reader = open(rifx(about, data));
    expect(samples(reader)).toEqual(expected);
    expect(reader.warnings).toEqual([]);
  });

  test("as inspect shows it", async () => {
    const bytes = Uint8Array.from(rifx(format(1, 16), big(2, 16384)));
    expect(await fileContents(bytes, "x")).toMatchObject({
      kind: "wav",
      frames: 1,
      first: [[0.5]],
    });
  });
});

describe("RF64 and BW64 have sizes of 64 bits in a chunk ds64:", () => {
  const data = [0, 0x40, 0, 0xc0]; // 0.5, −0.5
  const ds64 = (size: number, table: readonly number[] = u32(0)) =>
    chunk("ds64", [...u64(0), ...u64(size), ...u64(2), ...table]);
  const large = (name: string, ...chunks: number[][]) => {
    const content = chunks.flat();
    return [...letters(name), ...u32(0xffffffff), ...letters("WAVE"), ...content];
  };
  const unknown = (id: string, content: readonly number[]) => chunk(id, content, 0xffffffff);
  const last = chunk("LIST", [9, 9]);

  test.each(["RF64", "BW64"])("%s", async (name) => {
    const bytes = large(name, ds64(4), fmt(), unknown("data", data), last);
    const reader = open(bytes);
    expect([samples(reader), reader.warnings]).toEqual([[[0.5, -0.5]], []]);
    const contents = await fileContents(Uint8Array.from(bytes), "x");
    expect(contents).toMatchObject({ kind: "wav", frames: 2 });
  });

  const cases: [string, number[], RegExp?][] = [
    [
      "a data chunk that has its size itself",
      large("RF64", ds64(0), fmt(), chunk("data", data), last),
    ],
    ["BW64 that needs none", large("BW64", fmt(), chunk("data", data), last)],
    [
      "another chunk that has its size in the table",
      large(
        "BW64",
        ds64(4, [...u32(1), ...letters("axml"), ...u64(6)]),
        fmt(),
        unknown("axml", [1, 2, 3, 4, 5, 6]),
        unknown("data", data),
        last,
      ),
    ],
    ["no ds64", large("RF64", fmt(), unknown("data", data)), /data claims an unknown size/],
    [
      "a size of petabytes",
      large("RF64", ds64(2 ** 52), fmt(), unknown("data", data)),
      /data claims 4503599627370496 bytes, the file has 4 left/,
    ],
    [
      "a size that was never filled in",
      large("RF64", ds64(0), fmt(), unknown("data", data)),
      /data claims 0 bytes, the file has 4 left/,
    ],
    [
      "a table that claims more than the chunk holds",
      large("RF64", ds64(4, u32(0xffffffff)), fmt(), unknown("data", data), last),
    ],
  ];
  test.each(cases)("%s is read", (_, bytes, warning) => {
    const reader = open(bytes);
    expect(samples(reader)).toEqual([[0.5, -0.5]]);
    expect(reader.warnings).toHaveLength(warning ? 1 : 0);
    if (warning) expect(reader.warnings[0]).toMatch(warning);
  });

  test("a ds64 that is cut off is refused", () => {
    const short = large("RF64", chunk("ds64", u64(0)), fmt(), unknown("data", data));
    expect(() => open(short.slice(0, 24))).toThrow(BadFileError);
    expect(() => open(short)).toThrow(/at byte 20: expected a chunk ds64 of at least 24 bytes/);
  });
});

describe("a sound file of another kind is refused by its own name:", () => {
  const cases: [string, string][] = [
    ["FORM\0\0\0\x04AIFF", "an AIFF file"],
    ["FORM\0\0\0\x04AIFC", "an AIFF file"],
    ["fLaC\0\0\0\x22", "a FLAC file"],
    ["OggS\0\x02", "an Ogg file"],
    ["ID3\x04\0", "an MP3 file"],
    ["\xff\xfb\x90\x64", "an MP3 file"],
    ["\xff\xf1\x50\x80", "an AAC file"],
    ["caff\0\x01", "a Core Audio file"],
    [".snd\0\0\0\x18", "a Sun audio file"],
    ["riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", "a Wave64 file"],
    ["NIST_1A\n   1024\n", "a NIST SPHERE file"],
    ["\0\0\0\x20ftypM4A ", "an MP4 file"],
    ["\x1a\x45\xdf\xa3", "a Matroska or WebM file"],
    ["wvpk", "a WavPack file"],
  ];
  test.each(cases)("%j is %s", async (start, name) => {
    const bytes = Uint8Array.from([...letters(start), ...new Array<number>(40).fill(0)]);
    expect(() => wavInMemory(bytes, "a.wav")).toThrow(BadFileError);
    expect(() => wavInMemory(bytes, "a.wav")).toThrow(
      new RegExp(`expected RIFF, got ".*"; this is not a WAV file but ${name}.*: convert it`),
    );
    await expect(fileContents(bytes, "a.sound")).rejects.toThrow(`got ${name}`);
  });

  test("one of no known kind is not", () => {
    expect(() => open([...letters("hello, world!")])).toThrow(/not a WAV file$/);
  });

  test("and a compressed format inside a WAV file by its own, too", () => {
    expect(() => open(wav([], { tag: 85 }))).toThrow("got format 85 (MP3)");
    expect(() => open(riff(fmt({ tag: 17 }, u16(0)), chunk("data", [])))).toThrow("(IMA ADPCM)");
  });
});
