import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SpeechDataset, Waveform } from "../../lib/data/dataset.js";
import { baselinesOf } from "../../lib/look/baselines.js";
import { generator } from "../../lib/random/generator.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-baselines-"));
  vi.stubEnv("GATED_RNN_DATA", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Loud and quiet stretches of white noise, told apart by the twenty samples before: what a Gaussian cannot know and a mixture can. */
const random = generator(3, "loud and quiet");
const waveforms = (count: number): Waveform[] =>
  Array.from({ length: count }, (_, i) => {
    const samples = Float32Array.from({ length: 130 }, () => (i % 2 ? 0.1 : 1.4) * random.normal());
    return { name: `${i}`, length: samples.length, read: () => samples };
  });
const about = {
  title: "loud and quiet",
  synthetic: false,
  sampleRateHz: 8000,
  mean: 0,
  standardDeviation: 1,
  checksum: "c0ffee",
} as const;
const dataset: SpeechDataset = {
  kind: "speech",
  name: "noise",
  ...about,
  train: waveforms(400),
  valid: waveforms(40),
  test: waveforms(40),
};

it("speech has three baselines, the mixture that sees the window the best where loudness changes, kept with the data", async () => {
  const progress = vi.fn();
  const found = await baselinesOf(dataset, { onProgress: progress });
  expect(found.map(({ name }) => name)).toEqual(["gaussian", "autoregressive", "memoryless"]);
  const [gaussian, autoregressive, memoryless] = found.map(({ test }) => test.nllPerStep);
  expect(memoryless).toBeLessThan(Math.min(gaussian, autoregressive) - 2);
  expect(progress).toHaveBeenCalled();

  progress.mockClear();
  expect(await baselinesOf(dataset, { onProgress: progress })).toEqual(found);
  expect(progress).not.toHaveBeenCalled(); // read, not trained

  const [file] = readdirSync(join(folder, "baselines"));
  const whole = readFileSync(join(folder, "baselines", file), "utf8");
  writeFileSync(join(folder, "baselines", file), whole.slice(0, 40));
  expect(await baselinesOf(dataset)).toEqual(found); // half a file is computed again, to the same numbers
  expect(await baselinesOf({ ...dataset, checksum: "7ea", train: waveforms(400) })).not.toEqual(
    found,
  ); // other data, another file
});

it("is stopped by the signal, and keeps nothing then", async () => {
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  await expect(baselinesOf(dataset, { signal: controller.signal, onProgress })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});
