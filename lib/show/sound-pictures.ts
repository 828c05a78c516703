import { GatedRnnError } from "../errors.js";
import { short } from "./alt-text.js";
import { chartConfig, ink } from "./colours.js";
import { maxPoints, type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of a sound says about it. */
export interface SoundPictureOptions {
  readonly title: string;
  /** Samples a second: the axis is in seconds and hertz. */
  readonly sampleRateHz: number;
}

const width = 680;

/**
 * Sound as a line against time: of every stretch of samples the lowest and the highest, as many stretches as a chart may hold.
 *
 * @param samples full scale 1, or deviations of the training set: the axis says what the numbers say
 * @throws GatedRnnError `usage` for no samples
 */
export function waveformPicture(
  samples: Float32Array,
  { title, sampleRateHz }: SoundPictureOptions,
): VegaLiteSpec {
  if (samples.length === 0)
    throw new GatedRnnError("usage", "waveform: expected samples, got none");
  const stretches = Math.min(samples.length, maxPoints / 2);
  const values = Array.from({ length: stretches }, (_, i) => {
    const part = samples.subarray(
      Math.floor((i * samples.length) / stretches),
      Math.max(1, Math.floor(((i + 1) * samples.length) / stretches)),
    );
    const [low, high] = [
      part.reduce((a, b) => Math.min(a, b)),
      part.reduce((a, b) => Math.max(a, b)),
    ];
    return {
      seconds: digits((i * samples.length) / stretches / sampleRateHz),
      low: digits(low),
      high: digits(high === low ? high + 1e-6 : high),
    };
  });
  const [least, most] = [
    samples.reduce((a, b) => Math.min(a, b)),
    samples.reduce((a, b) => Math.max(a, b)),
  ];
  return {
    $schema: vegaLiteSchema,
    description: `amplitudes from ${short(least)} to ${short(most)}`,
    title: {
      text: title,
      subtitle: `${samples.length.toLocaleString("en")} samples at ${sampleRateHz.toLocaleString("en")} Hz`,
    },
    width,
    height: 120,
    data: { values },
    mark: { type: "area", color: ink, line: { color: ink, strokeWidth: 0.8 } },
    encoding: {
      x: {
        field: "seconds",
        type: "quantitative",
        stack: null,
        title: "time (seconds)",
        scale: { nice: false, domain: [0, samples.length / sampleRateHz] },
        axis: { tickCount: 10 },
      },
      y: {
        field: "low",
        type: "quantitative",
        stack: null,
        title: "amplitude",
        axis: { tickCount: 5 },
      },
      y2: { field: "high" },
    },
    config: chartConfig,
  };
}

/** Bands from 0 Hz to half the sample rate; frames as many as a chart may then hold. */
const bands = 32;

/**
 * How loud each frequency is in each moment: the spectrum of Hann windows, in decibels below the loudest point, held at −60.
 *
 * @throws GatedRnnError `usage` for fewer samples than a window has (64)
 */
export function spectrogramPicture(
  samples: Float32Array,
  { title, sampleRateHz }: SoundPictureOptions,
): VegaLiteSpec {
  const window = 2 * bands;
  if (samples.length < window)
    throw new GatedRnnError(
      "usage",
      `spectrogram: expected at least ${window} samples, got ${samples.length}`,
    );
  const frames = Math.min(Math.floor(maxPoints / bands), Math.floor(samples.length / window));
  const stretch = samples.length / frames;
  const powers = Array.from({ length: frames }, (_, i) =>
    bandPowers(samples, Math.round(i * stretch), Math.round(stretch), window),
  );
  const loudest = powers.flat().reduce((a, b) => Math.max(a, b), Number.MIN_VALUE);
  const seconds = samples.length / sampleRateHz / frames;
  const hertz = sampleRateHz / 2 / bands;
  const values = powers.flatMap((row, i) =>
    row.map((power, k) => ({
      from: digits(i * seconds),
      to: digits((i + 1) * seconds),
      low: k * hertz,
      high: (k + 1) * hertz,
      decibels: Math.round(Math.max(-60, 10 * Math.log10(power / loudest + 1e-12))),
    })),
  );
  const level = {
    field: "decibels",
    type: "quantitative",
    scale: { scheme: "magma", domain: [-60, 0] },
  };
  const mean = (k: number) => powers.reduce((sum, row) => sum + row[k], 0);
  const dominant = Array.from({ length: bands }, (_, k) => k).reduce((a, b) =>
    mean(b) > mean(a) ? b : a,
  );
  return {
    $schema: vegaLiteSchema,
    description: `loudest between ${dominant * hertz} and ${(dominant + 1) * hertz} Hz`,
    title: {
      text: title,
      subtitle: `${bands} bands; windows of ${window} samples, averaged over ${Math.round((1000 * stretch) / sampleRateHz)} ms`,
    },
    width,
    height: 200,
    data: { values },
    mark: { type: "rect", strokeWidth: 0.8 }, // in its own colour, over the seams between rectangles
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        title: "time (seconds)",
        scale: { nice: false },
        axis: { tickCount: 10 },
      },
      x2: { field: "to" },
      y: { field: "low", type: "quantitative", title: "frequency (Hz)", scale: { nice: false } },
      y2: { field: "high" },
      color: { ...level, title: "level (dB)" },
      stroke: { ...level, legend: null },
    },
    config: { ...chartConfig, axis: { ...(chartConfig.axis as object), grid: false } },
  };
}

/** Mean power of each band over the windows that fit in a stretch of samples. */
function bandPowers(samples: Float32Array, from: number, length: number, window: number): number[] {
  const powers = new Array<number>(bands).fill(0);
  const last = Math.min(samples.length, from + length) - window;
  const starts =
    last < from
      ? [Math.max(0, samples.length - window)]
      : Array.from(
          { length: Math.floor((last - from) / (window / 2)) + 1 },
          (_, i) => from + (i * window) / 2,
        );
  for (const start of starts)
    for (let k = 0; k < bands; k++) {
      let [a, b] = [0, 0];
      for (let n = 0; n < window; n++) {
        const v = samples[start + n] * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / window));
        const phase = (2 * Math.PI * (k + 0.5) * n) / window; // a band's middle
        a += v * Math.cos(phase);
        b += v * Math.sin(phase);
      }
      powers[k] += (a * a + b * b) / starts.length;
    }
  return powers;
}

const digits = (v: number) => Number(v.toPrecision(5));
