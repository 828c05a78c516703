import { describe, expect, test } from "vitest";
import { resample } from "../../lib/data/resample.js";

const sine = (hertz: number, rateHz: number, length: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rateHz));

/** The greatest difference away from the ends, where silence begins. */
function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 500; i < a.length - 500; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

const INAUDIBLE = 1e-5; // −100 dB

describe("resampling", () => {
  test.each([
    [16_000, 8000],
    [22_050, 8000],
    [8000, 44_100],
  ])("keeps a tone from %d to %d Hz", async (from, to) => {
    const seconds = 0.5;
    const out = await resample(sine(440, from, from * seconds), from, to);
    expect(difference(out, sine(440, to, Math.round(to * seconds)))).toBeLessThan(INAUDIBLE);
  });

  test("keeps a tone through pieces that pass in portions, up to the end", async () => {
    const out = await resample(sine(440, 16_000, 1_000_000), 16_000, 8000);
    expect(difference(out, sine(440, 8000, 500_000))).toBeLessThan(INAUDIBLE);
  });

  test("takes out what the lower rate cannot carry, instead of folding it back", async () => {
    const out = await resample(sine(6000, 16_000, 8000), 16_000, 8000);
    expect(difference(out, new Float32Array(4000))).toBeLessThan(INAUDIBLE);
  });

  test("refuses rates that make no sense", async () => {
    await expect(resample(new Float32Array(1), 0, 8000)).rejects.toThrow(
      "resample: expected rates above 0",
    );
    await expect(resample(new Float32Array(1), 8000, 8_000_000)).rejects.toThrow(
      "within a factor of 256",
    );
  });
});
