import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openWav, type WavReader, wavInMemory } from "../../lib/data/wav.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { BadFileError, GatedRnnError } from "../../lib/errors.js";
import { chunk, fmt, riff, u16, u32, wav } from "./wav-file.js";

const open = (bytes: ArrayLike<number>) => wavInMemory(Uint8Array.from(bytes), "a.wav");
const samples = (reader: WavReader) => reader.read(0, reader.frames).map((channel) => [...channel]);
const bytesOf = (array: ArrayBufferView) => [...new Uint8Array(array.buffer)];

describe("a WAV file's samples lie in −1 … 1:", () => {
  const cases: [string, Uint8Array, number[][]][] = [
    ["8 bits around 128", wav([0, 128, 192, 255], { bits: 8 }), [[-1, 0, 0.5, 127 / 128]]],
    ["16 bits", wav([0, 0x80, 0, 0, 0, 0x40, 0xff, 0x7f]), [[-1, 0, 0.5, 32767 / 32768]]],
    [
      "24 bits, the lowest value too",
      wav([0, 0, 0x80, 0, 0, 0x40, 1, 0, 0], { bits: 24 }),
      [[-1, 0.5, 2 ** -23]],
    ],
    ["32 bits", wav([0, 0, 0, 0x80, 0, 0, 0, 0x40], { bits: 32 }), [[-1, 0.5]]],
    ["32-bit floats", wav(bytesOf(Float32Array.of(-1, 0.25)), { tag: 3, bits: 32 }), [[-1, 0.25]]],
    ["64-bit floats", wav(bytesOf(Float64Array.of(-1, 0.25)), { tag: 3, bits: 64 }), [[-1, 0.25]]],
    // ITU-T G.711, tables 1 and 2: the ends and the smallest steps
    [
      "A-law",
      wav([0xd5, 0x55, 0xaa, 0x2a], { tag: 6, bits: 8 }),
      [[8, -8, 32256, -32256].map((x) => x / 32768)],
    ],
    [
      "µ-law",
      wav([0xff, 0x7f, 0x80, 0x00, 0xfe], { tag: 7, bits: 8 }),
      [[0, 0, 32124, -32124, 8].map((x) => x / 32768)],
    ],
    [
      "two channels, interleaved",
      wav([0, 0x40, 0, 0x80, 0, 0xc0, 0, 0], { channels: 2 }),
      [
        [0.5, -0.5],
        [-1, 0],
      ],
    ],
    [
      "WAVE_FORMAT_EXTENSIBLE",
      riff(
        fmt({ tag: 0xfffe }, [
          ...u16(22),
          ...u16(16),
          ...u32(4),
          ...u16(1),
          ...Buffer.from("000000001000800000aa00389b71", "hex"),
        ]),
        chunk("data", [0, 0x40]),
      ),
      [[0.5]],
    ],
  ];
  test.each(cases)("%s", (_, bytes, expected) => {
    const reader = open(bytes);
    expect(samples(reader)).toEqual(expected);
    expect(reader.warnings).toEqual([]);
  });

  test("any stretch of them, across portions and beyond the end", () => {
    const long = Float32Array.from(
      { length: 40_000 },
      (_, i) => Math.round(20_000 * Math.sin(i)) / 32768,
    );
    const reader = open(wavBytes([long], 8000));
    expect(reader.read(16_380, 20)[0]).toEqual(long.subarray(16_380, 16_400));
    expect(reader.read(0, 1e9)[0]).toEqual(long);
    expect(reader.read(39_999, 5)[0]).toHaveLength(1);
    expect(reader.read(50_000, 5)[0]).toHaveLength(0);
  });

  test("read from a file only where they are asked for", () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-wav-"));
    const path = join(folder, "large.wav");
    writeFileSync(path, wavBytes([Float32Array.of(0.25, 0.5, 0.75)], 16_000));
    const reader = openWav(path);
    expect(reader.format).toEqual({
      encoding: "pcm",
      channels: 1,
      sampleRateHz: 16_000,
      bits: 16,
      frameBytes: 2,
    });
    expect(reader.read(1, 1)).toEqual([Float32Array.of(0.5)]);
    reader.close();
    rmSync(folder, { recursive: true });
  });
});

describe("an untidy WAV file is read with a warning:", () => {
  const data = [0, 0x40, 0, 0xc0]; // 0.5, −0.5
  const cases: [string, ArrayLike<number>, number[], RegExp][] = [
    [
      "data of size 0 with samples behind it",
      riff(fmt(), chunk("data", data, 0)),
      [0.5, -0.5],
      /data claims 0 bytes, the file has 4 left/,
    ],
    [
      "data of size 0xFFFFFFFF",
      riff(fmt(), chunk("data", data, 0xffffffff)),
      [0.5, -0.5],
      /data claims an unknown size/,
    ],
    [
      "data beyond the end of the file",
      riff(fmt(), chunk("data", data, 4000)),
      [0.5, -0.5],
      /data claims 4000 bytes, the file has 4 left/,
    ],
    ["fmt after data", riff(chunk("data", data), fmt()), [0.5, -0.5], /fmt stands after data/],
    [
      "an odd chunk without padding",
      riff(fmt(), chunk("LIST", [1, 2, 3]).slice(0, -1), chunk("data", data)),
      [0.5, -0.5],
      /odd size and no padding/,
    ],
    [
      "half a frame at the end",
      riff(fmt(), chunk("data", [...data, 7])),
      [0.5, -0.5],
      /1 bytes of half a frame/,
    ],
    [
      "a wrong byte rate",
      wav(data, { byteRate: 1 }),
      [0.5, -0.5],
      /the byte rate says 1, not 16000/,
    ],
    [
      "a second data chunk",
      riff(fmt(), chunk("data", data), chunk("data", [1, 1])),
      [0.5, -0.5],
      /a second data chunk at byte 48/,
    ],
    [
      "a last chunk that is cut off",
      riff(fmt(), chunk("data", data), chunk("LIST", [], 99)),
      [0.5, -0.5],
      /"LIST" at byte 48 claims 99/,
    ],
  ];
  test.each(cases)("%s", (_, bytes, expected, warning) => {
    const reader = open(bytes);
    expect(samples(reader)).toEqual([expected]);
    expect(reader.warnings.join("; ")).toMatch(warning);
  });

  test("but odd chunks with their padding are as they should be, and so is silence before other chunks", () => {
    const odd = open(riff(fmt(), chunk("LIST", [1, 2, 3]), chunk("data", data)));
    expect([samples(odd), odd.warnings]).toEqual([[[0.5, -0.5]], []]);
    const silent = open(riff(fmt(), chunk("data", []), chunk("LIST", [1, 2])));
    expect([silent.frames, silent.warnings]).toEqual([0, []]);
  });
});

describe("a malformed WAV file is refused:", () => {
  const cases: [string, ArrayLike<number>, RegExp][] = [
    ["an empty file", [], /at byte 0: expected the name RIFF of 4 bytes, got 0/],
    [
      "another kind of file",
      [...Buffer.from("OggS and more bytes")],
      /at byte 0: expected RIFF, got "OggS"/,
    ],
    [
      "RIFF of another kind",
      [...chunk("RIFF", [...Buffer.from("AVI ")])],
      /at byte 8: expected WAVE, got "AVI "/,
    ],
    ["no fmt", riff(chunk("data", [0, 0])), /expected a chunk fmt, got the end/],
    ["no data", riff(fmt()), /expected a chunk data, got the end/],
    ["two fmt", riff(fmt(), fmt(), chunk("data", [])), /at byte 36: expected one chunk fmt/],
    [
      "a fmt too short",
      riff(chunk("fmt ", [1, 0]), chunk("data", [])),
      /at byte 16: expected a fmt chunk of at least 16 bytes, got 2/,
    ],
    [
      "60,000 channels",
      wav([], { channels: 60_000, frameBytes: 0 }),
      /at byte 22: expected 1 to 256 channels, got 60000/,
    ],
    ["no channel", wav([], { channels: 0 }), /expected 1 to 256 channels, got 0/],
    ["a rate of zero", wav([], { sampleRateHz: 0 }), /at byte 24: expected a sample rate above 0/],
    [
      "a wrong block align",
      wav([], { frameBytes: 3 }),
      /at byte 32: expected a block align of 2 for 1 × 16 bits, got 3/,
    ],
    [
      "12 bits",
      wav([], { bits: 12, frameBytes: 2 }),
      /at byte 34: expected 8, 16, 24, 32 bits of pcm, got 12/,
    ],
    ["a format of another kind", wav([], { tag: 85 }), /at byte 20: expected PCM .* got format 85/],
    [
      "an extension that is cut off",
      riff(fmt({ tag: 0xfffe }, [...u16(22), 0, 0])),
      /expected the extension of a WAVE_FORMAT_EXTENSIBLE/,
    ],
    [
      "a subformat of another family",
      riff(fmt({ tag: 0xfffe }, Array<number>(24).fill(1)), chunk("data", [])),
      /expected a subformat that ends/,
    ],
    [
      "more chunks than any file has",
      riff(fmt(), ...Array.from({ length: 10_001 }, () => chunk("junk", []))),
      /expected at most 10000 chunks/,
    ],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    expect(() => open(bytes)).toThrow(BadFileError);
    expect(() => open(bytes)).toThrow(/^a\.wav: at byte \d+: /);
    expect(() => open(bytes)).toThrow(message);
  });
});

describe("samples become a WAV file", () => {
  test("that reads back as they were, clipped at full scale", () => {
    const left = Float32Array.of(0, 0.5, -1, 1.5);
    const right = Float32Array.of(0.25, 0, 0, -7);
    const reader = open(wavBytes([left, right], 22_050));
    expect(samples(reader)).toEqual([
      [0, 0.5, -1, 32767 / 32768],
      [0.25, 0, 0, -1],
    ]);
    expect(reader.format.sampleRateHz).toBe(22_050);
  });

  test("unless they are of different lengths or not numbers", () => {
    expect(() => wavBytes([new Float32Array(2), new Float32Array(3)], 8000)).toThrow(
      "WAV: expected channels of one length, got 2, 3",
    );
    expect(() => wavBytes([Float32Array.of(0, NaN)], 8000)).toThrow(GatedRnnError);
  });
});
