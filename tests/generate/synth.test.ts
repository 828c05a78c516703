import { expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { soundOfMusic } from "../../lib/generate/synth.js";

const rate = 16_000;
const options = { sampleRateHz: rate, beatsPerMinute: 60, stepsPerQuarter: 1 }; // a step is a second
const loudness = (sound: Float32Array, from: number, to: number) =>
  sound.subarray(from * rate, to * rate).reduce((max, v) => Math.max(max, Math.abs(v)), 0);

/** How strong a sine of a frequency is in the first half second. */
function strength(sound: Float32Array, hz: number): number {
  let [a, b] = [0, 0];
  for (let i = 0; i < rate / 2; i++) {
    a += sound[i] * Math.cos((2 * Math.PI * hz * i) / rate);
    b += sound[i] * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  return Math.hypot(a, b) / (rate / 4);
}

it("note 69 is 440 Hz with partials above it, and an octave higher is twice that", () => {
  const low = soundOfMusic(pianoRoll([[69]]), options);
  expect(strength(low, 440)).toBeGreaterThan(0.2);
  expect(strength(low, 880) / strength(low, 440)).toBeCloseTo(0.5, 1);
  expect(strength(low, 550)).toBeLessThan(0.01);
  const high = soundOfMusic(pianoRoll([[81]]), options);
  expect(strength(high, 880)).toBeGreaterThan(0.2);
  expect(strength(high, 440)).toBeLessThan(0.01);
});

it("sounds as long as the key is down, is held and not struck again, and reaches 0.8", () => {
  const sound = soundOfMusic(pianoRoll([[60], [60], [], [60]]), options);
  expect(sound).toHaveLength(Math.ceil(4.12 * rate));
  expect(loudness(sound, 0, 4)).toBeCloseTo(0.8, 5);
  expect(loudness(sound, 1, 1.05)).toBeLessThan(loudness(sound, 0.95, 1) * 1.01); // no new attack
  expect(loudness(sound, 2.2, 3)).toBe(0);
  expect(loudness(sound, 3, 3.5)).toBeGreaterThan(0.7);
});

it("leaves out what a sample rate cannot carry, keeps silence silent, and refuses a tempo that is none", () => {
  const top = soundOfMusic(pianoRoll([[108]]), { ...options, sampleRateHz: 8000 }); // 4,186 Hz
  expect(top.every((v) => v === 0)).toBe(true);
  expect(soundOfMusic(pianoRoll([[], []]), options).every((v) => v === 0)).toBe(true);
  expect(() => soundOfMusic(pianoRoll([[60]]), { beatsPerMinute: 0 })).toThrow(
    "expected beats a minute from 4 on, got 0",
  );
});
