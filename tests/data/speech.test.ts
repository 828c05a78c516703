import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Waveform } from "../../lib/data/dataset.js";
import { openSamples } from "../../lib/data/samples-file.js";
import { loadSpeech, speechFile } from "../../lib/data/speech.js";
import { speechBatches, speechBatchOf, windowSteps } from "../../lib/data/speech-batches.js";
import { type SpeechOptions, speechFromWavs } from "../../lib/data/speech-corpus.js";
import { planSpeech, type Recording } from "../../lib/data/speech-plan.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { generator } from "../../lib/random/generator.js";
import { wav } from "./wav-file.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-speech-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, files: Record<string, Uint8Array>): string {
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return join(folder, name);
}

/** Counts up in steps of 16 bits, so that every sample says where it comes from. */
const ramp = (from: number, length: number) =>
  Float32Array.from({ length }, (_, i) => (from + i) / 32768);
const make = (name: string, path: string, options: Partial<SpeechOptions> = {}) =>
  speechFromWavs(path, join(folder, `${name}.samples`), { name, sequenceSamples: 4, ...options });
/** Samples as 16-bit numbers, with the normalisation undone. */
const raw = (dataset: { mean: number; standardDeviation: number }, waveform: Waveform) =>
  [...waveform.read()].map((x) =>
    Math.round((x * dataset.standardDeviation + dataset.mean) * 32768),
  );

describe("a folder of WAV files becomes a speech set", () => {
  test("of sequences of one length, normalised over the training set", async () => {
    const path = write("given", {
      "train/a.wav": wavBytes([ramp(0, 11)], 8000),
      "valid/b.wav": wavBytes([ramp(100, 5)], 8000),
      "test/c.wav": wavBytes([ramp(200, 4)], 8000),
    });
    const { dataset } = await make("given", path);
    expect(dataset.train.map((w) => raw(dataset, w))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(dataset.valid.map((w) => raw(dataset, w))).toEqual([[100, 101, 102, 103]]);
    expect(dataset.test.map((w) => raw(dataset, w))).toEqual([[200, 201, 202, 203]]);
    expect(dataset.mean * 32768).toBeCloseTo(3.5, 6);
    expect(dataset.standardDeviation * 32768).toBeCloseTo(Math.sqrt(63 / 12), 6);
    const training = dataset.train.flatMap((w) => [...w.read()]);
    expect(training.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
    expect(training.reduce((a, b) => a + b * b, 0) / 8).toBeCloseTo(1, 5);
    expect(readdirSync(folder).filter((f) => f.includes(".part"))).toEqual([]);
  });

  test("never with a speaker in two splits, whatever the seed", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `speaker${i % 6}/${i}.wav`,
        wavBytes([ramp(1000 * (i % 6) + 10 * i, 4)], 8000),
      ]),
    );
    const path = write("speakers", files);
    for (const seed of [1, 2, 3]) {
      const { dataset } = await make("speakers", path, { split: { seed, valid: 0.2, test: 0.2 } });
      const speakers = [dataset.train, dataset.valid, dataset.test].map(
        (s) => new Set(s.map((w) => Math.floor(raw(dataset, w)[0] / 1000))),
      );
      expect(speakers.map((s) => s.size)).toEqual([4, 1, 1]);
      expect(new Set(speakers.flatMap((s) => [...s])).size).toBe(6);
    }
  });

  test("with copies and malformed files left out and told, and untidy ones told", async () => {
    const path = write("dirty", {
      "train/a.wav": wavBytes([ramp(0, 8)], 8000),
      "train/copy.wav": wavBytes([ramp(0, 8)], 8000),
      "valid/copy.wav": wavBytes([ramp(0, 8)], 8000),
      "test/c.wav": wav([1, 0, 2, 0, 3, 0, 4, 0], { byteRate: 7 }),
      "valid/b.wav": wavBytes([ramp(50, 4)], 8000),
      "valid/broken.wav": wav([], { channels: 0 }),
    });
    const { dataset, duplicates, refused, warnings } = await make("dirty", path);
    expect([dataset.train.length, dataset.valid.length, dataset.test.length]).toEqual([2, 1, 1]);
    expect(duplicates).toEqual(
      ["train/copy.wav", "valid/copy.wav"].map((file) => ({ file, of: "train/a.wav" })),
    );
    expect(refused.map((r) => r.file)).toEqual(["valid/broken.wav"]);
    expect(warnings.map((w) => w.file)).toEqual(["test/c.wav"]);
  });

  test("of one rate and one channel", async () => {
    const tone = (rate: number) =>
      Float32Array.from(
        { length: rate / 10 },
        (_, i) => 0.5 * Math.sin((2 * Math.PI * 300 * i) / rate),
      );
    const path = write("rates", {
      "train/a.wav": wavBytes([tone(16_000), new Float32Array(1600)], 16_000),
      "valid/b.wav": wavBytes([tone(8000), new Float32Array(800)], 8000),
      "test/c.wav": wavBytes([tone(8000), tone(8000).map((x) => -x)], 8000),
    });
    const options = { sequenceSamples: 800, sampleRateHz: 8000 };
    const left = (await make("left", path, { ...options, channel: 0 })).dataset;
    const [a, b] = [left.train[0].read(), left.valid[0].read()];
    const inner = a.slice(100, 700).map((x, i) => Math.abs(x - b[i + 100]));
    expect(Math.max(...inner)).toBeLessThan(1e-3); // 16 bits, over a standard deviation of 0.35
    const mixed = (await make("mixed", path, options)).dataset;
    expect(Math.max(...mixed.test[0].read().map(Math.abs))).toBeLessThan(1e-3); // the channels cancel out
    await expect(make("none", path, { ...options, channel: 2 })).rejects.toThrow(
      "expected a channel from 0 to 1, got 2",
    );
  });

  test("without a file whose rate is beyond resampling", async () => {
    const path = write("slow", {
      "train/a.wav": wavBytes([ramp(0, 8)], 8000),
      "valid/b.wav": wavBytes([ramp(50, 4)], 8000),
      "test/c.wav": wavBytes([ramp(60, 4)], 8000),
      "train/z.wav": wavBytes([ramp(70, 4)], 1),
    });
    const { dataset, refused } = await make("slow", path, { sampleRateHz: 8000 });
    expect(dataset.train).toHaveLength(2);
    expect(refused.map(({ problem }) => problem)).toEqual([
      "train/z.wav: at byte 24: expected a sample rate that can be brought to 8000 Hz, got 1",
    ]);
  });

  test("unless there is nothing to make it of", async () => {
    await expect(make("nothing", join(folder, "nowhere"))).rejects.toThrow(
      "expected a folder or a zip archive",
    );
    await expect(
      make("short", write("short", { "train/a.wav": wavBytes([ramp(0, 3)], 8000) })),
    ).rejects.toThrow("expected at least 1 sequences of 4 samples in train, got 0");
    const silent = Object.fromEntries(
      ["train/a", "valid/b", "test/c"].map((f, i) => [
        `${f}.wav`,
        wavBytes([new Float32Array(4 + i)], 8000),
      ]),
    );
    await expect(make("silent", write("silent", silent))).rejects.toThrow(
      "expected speech to train on, got samples that are all 0",
    );
  });
});

describe("a plan of sequences", () => {
  const recordings: Recording[] = ["a", "b", "c", "d"].flatMap((file, i) =>
    (["train", "valid", "test"] as const).map((split) => ({
      file: `${split} ${file}`,
      samples: 3 + i,
      split,
      group: `speaker ${i % 2}`,
    })),
  );

  test("joins the recordings of a speaker within a split, and of nobody else", () => {
    const plan = planSpeech(recordings, { sequenceSamples: 6, join: true });
    expect(plan.sequences).toEqual({ train: 2, valid: 2, test: 2 }); // speaker 0: 3 + 5 samples, speaker 1: 4 + 6
    const files = new Map<number, Set<string>>();
    for (const [file, pieces] of plan.pieces)
      for (const { sequence } of pieces)
        files.set(sequence, (files.get(sequence) ?? new Set()).add(file));
    for (const together of files.values()) {
      const owners = [...together].map((f) => recordings.find((r) => r.file === f));
      expect(new Set(owners.map((r) => `${r?.split} ${r?.group}`)).size).toBe(1);
    }
  });

  test("uses no sample twice and leaves no gap in a sequence", () => {
    const plan = planSpeech(recordings, {
      sequenceSamples: 4,
      join: true,
      counts: { train: 3, valid: 2, test: 1 },
    });
    const filled = new Map<number, number>();
    for (const [file, pieces] of plan.pieces) {
      const taken = new Set<number>();
      for (const { first, count, sequence } of pieces) {
        for (let i = first; i < first + count; i++) {
          expect(taken.has(i), `${file} ${i}`).toBe(false);
          taken.add(i);
        }
        filled.set(sequence, (filled.get(sequence) ?? 0) + count);
      }
    }
    expect([...filled.values()]).toEqual(Array(6).fill(4));
  });

  test("says when there is not enough", () => {
    expect(() =>
      planSpeech(recordings, { sequenceSamples: 4, counts: { train: 99, valid: 1, test: 1 } }),
    ).toThrow("expected at least 99 sequences of 4 samples in train, got 3");
  });
});

describe("windows over samples", () => {
  const waveform = (samples: number[]): Waveform => ({
    name: "w",
    length: samples.length,
    read: () => Float32Array.from(samples),
  });
  const count = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

  test("give the paper's 48 and 798 steps", () => {
    expect([windowSteps(500), windowSteps(8000), windowSteps(29), windowSteps(30)]).toEqual([
      48, 798, 0, 1,
    ]);
    expect(() => windowSteps(500, { advance: 0 })).toThrow(
      "windows: expected advance of at least 1, got 0",
    );
  });

  test("put inputs and the samples after them side by side, longest first", () => {
    const windows = { inputSamples: 3, targetSamples: 2, advance: 2 };
    const batch = speechBatchOf(
      [waveform(count(0, 5)), waveform([1]), waveform(count(100, 8))],
      windows,
    );
    expect({
      ...batch,
      lengths: [...batch.lengths],
      stepOffsets: [...batch.stepOffsets],
      sources: [...batch.sources],
    }).toMatchObject({
      size: 2,
      time: 2,
      lengths: [2, 1],
      stepOffsets: [0, 2, 3],
      sources: [2, 0],
      input: {
        kind: "dense",
        width: 3,
        values: Float32Array.of(100, 101, 102, 0, 1, 2, 102, 103, 104),
      },
      target: { kind: "dense", width: 2, values: Float32Array.of(103, 104, 3, 4, 105, 106) },
    });
    expect(() => speechBatchOf([waveform([1])], windows)).toThrow(
      "expected a waveform long enough for a step",
    );
  });

  test("come in batches that hold every waveform once, in an order that the seed decides", () => {
    const all = Array.from({ length: 10 }, (_, i) => waveform(count(i, 30 + (i % 3) * 10)));
    const sources = (seed: number) =>
      [...speechBatches(all, { batchSize: 4, shuffle: generator(seed, "shuffle") })].map((b) => [
        ...b.sources,
      ]);
    expect(
      sources(1)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(count(0, 10));
    expect(sources(1)).toEqual(sources(1));
    expect(sources(1)).not.toEqual(sources(2));
  });
});

describe("a prepared speech set", () => {
  test("is read again as it was written, and refused when damaged", async () => {
    const path = write("again", {
      "train/a.wav": wavBytes([ramp(0, 8)], 8000),
      "valid/b.wav": wavBytes([ramp(9, 4)], 8000),
      "test/c.wav": wavBytes([ramp(20, 4)], 8000),
    });
    const out = speechFile("mine", folder);
    const { dataset } = await speechFromWavs(path, out, { name: "mine", sequenceSamples: 4 });
    expect(loadSpeech("mine", { folder })).toMatchObject({
      name: "mine",
      checksum: dataset.checksum,
      sampleRateHz: 8000,
    });
    expect(() => loadSpeech("speech-a", { folder })).toThrow(
      "speech-a: expected a prepared set in",
    );
    writeFileSync(out, Buffer.alloc(100));
    expect(() => openSamples(out)).toThrow(
      "at byte 0: expected a prepared speech set, got something else",
    );
    writeFileSync(
      out,
      Buffer.concat([
        Buffer.from("gated-rnn samples 1\n"),
        Buffer.from([2, 0, 0, 0]),
        Buffer.from("{}"),
      ]),
    );
    expect(() => openSamples(out)).toThrow(
      "at byte 24: expected the header of a prepared speech set",
    );
  });
});
