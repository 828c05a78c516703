import { expect, it } from "vitest";
import { soundFeatures } from "../../lib/look/sound-features.js";
import { generator } from "../../lib/random/generator.js";

const rate = 8000;
const buzz = (pitch: number, seconds: number) =>
  Float32Array.from({ length: seconds * rate }, (_, i) =>
    [1, 2, 3, 4].reduce((sum, k) => sum + Math.sin((2 * Math.PI * k * pitch * i) / rate) / k, 0),
  );

it("finds the pitch of a buzz, and its pauses", () => {
  const sound = new Float32Array(2 * rate);
  sound.set(buzz(125, 1));
  const { pauseShare, voicedShare, pitchHz } = soundFeatures(sound, rate);
  expect(pauseShare).toBeGreaterThan(0.47);
  expect(pauseShare).toBeLessThan(0.53);
  expect(voicedShare).toBeGreaterThan(0.95);
  expect(pitchHz).toBeCloseTo(125, 0);
  expect(soundFeatures(buzz(250, 1), rate).pitchHz).toBeCloseTo(250, 0);
});

it("finds no pitch in noise, and nothing but pause in silence", () => {
  const random = generator(1, "noise");
  const noise = Float32Array.from({ length: rate }, () => random.normal());
  expect(soundFeatures(noise, rate).voicedShare).toBeLessThan(0.1);
  expect(soundFeatures(new Float32Array(rate), rate)).toEqual({
    pauseShare: 1,
    voicedShare: 0,
    pitchHz: Number.NaN,
  });
  expect(() => soundFeatures(new Float32Array(10), rate)).toThrow("at least 256 samples, got 10");
});
