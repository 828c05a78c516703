import { describe, expect, it } from "vitest";
import type { SpeechDataset, Waveform } from "../../lib/data/dataset.js";
import { speechBaselines } from "../../lib/data/speech-baselines.js";
import { type Generator, generator } from "../../lib/random/generator.js";

function dataset(
  samples: (random: Generator) => Float32Array,
  counts = { train: 200, valid: 5, test: 100 },
): SpeechDataset {
  const waveforms = (split: keyof typeof counts): Waveform[] => {
    const random = generator(1, `process ${split}`);
    return Array.from({ length: counts[split] }, (_, i) => {
      const read = samples(random);
      return { name: `${i}`, length: read.length, read: () => read };
    });
  };
  const splits = { train: waveforms("train"), valid: waveforms("valid"), test: waveforms("test") };
  const about = {
    title: "process",
    synthetic: false,
    sampleRateHz: 8000,
    mean: 0,
    standardDeviation: 1,
    checksum: "",
  } as const;
  return { kind: "speech", name: "process", ...about, ...splits };
}

/** x_t = 0.6 x_(t−1) + 0.3 x_(t−12) + 0.3 ε, and what a step of ten samples costs when the past is known. */
const process = (random: Generator) => {
  const samples = new Float32Array(330);
  for (let t = 0; t < samples.length; t++)
    samples[t] = 0.6 * (samples[t - 1] ?? 0) + 0.3 * (samples[t - 12] ?? 0) + 0.3 * random.normal();
  return samples;
};
const entropyPerStep = 10 * 0.5 * Math.log(2 * Math.PI * Math.E * 0.3 ** 2);

describe("speech baselines", () => {
  const [gaussian, autoregressive] = speechBaselines(dataset(process));
  const predicted = 100 * 300; // samples in the test split
  const scatter = Math.sqrt(10 * (10 / predicted) * 0.5); // of the mean NLL of a step: ½ per sample

  it("linear prediction reaches the entropy of a linear process, and not less", () => {
    expect(autoregressive.name).toBe("autoregressive");
    expect(autoregressive.test.nllPerStep).toBeGreaterThan(entropyPerStep - 4 * scatter);
    expect(autoregressive.test.nllPerStep).toBeLessThan(entropyPerStep + 4 * scatter + 0.02);
  });

  it("one Gaussian knows how the ten samples hang together, and nothing of those before", () => {
    expect(gaussian.test.nllPerStep).toBeGreaterThan(autoregressive.test.nllPerStep + 1);
    const white = speechBaselines(
      dataset((random) => Float32Array.from({ length: 330 }, () => 2 * random.normal() + 1)),
    );
    for (const { test } of white)
      expect(
        Math.abs(test.nllPerStep - 10 * 0.5 * Math.log(2 * Math.PI * Math.E * 4)),
      ).toBeLessThan(0.1);
  });

  it("silence and a pure tone leave them finite", () => {
    for (const samples of [
      () => new Float32Array(130),
      () => Float32Array.from({ length: 130 }, (_, t) => Math.sin(t / 3)),
    ])
      for (const { test } of speechBaselines(dataset(samples, { train: 5, valid: 1, test: 1 })))
        expect(Number.isFinite(test.nllPerStep)).toBe(true);
  });

  it("too little to fit is refused", () => {
    const whole = dataset(process, { train: 1, valid: 1, test: 1 });
    const short = { name: "short", length: 60, read: () => whole.train[0].read().subarray(0, 60) };
    expect(() => speechBaselines({ ...whole, train: [short] })).toThrow(
      "expected more than 10 training steps, got 4",
    );
  });
});
