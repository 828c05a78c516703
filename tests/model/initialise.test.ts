import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { initialState } from "../../lib/model/initialise.js";
import { type Model, model } from "../../lib/model/model.js";
import { checkModelSize, modelCost } from "../../lib/model/size.js";
import { bernoulli, gaussianMixture } from "../../lib/outputs/index.js";
import { initialStateInSlices } from "../../lib/train/initialise.js";

function bitsOf(parameters: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash("sha256");
  for (const [name, values] of parameters) hash.update(name).update(new Uint8Array(values.buffer));
  return hash.digest("hex").slice(0, 16);
}

describe("initial weights", () => {
  // of the plain Gram–Schmidt, one row after the other, with which the committed records were made
  it.each<[string, Model, string]>([
    ["a music GRU", model(gru, 88, 46, bernoulli(88)), "1d363c6af4d6b541"],
    ["a speech LSTM", model(lstm, 20, 195, gaussianMixture(10)), "c93b2975c4ab514f"],
    ["a single unit", model(gru, 3, 1, bernoulli(3)), "1f669dac0c4b4295"],
  ])("of %s have the bits that committed records began with", (_, of, bits) => {
    expect(bitsOf(initialState(of, 7).parameters)).toBe(bits);
  });

  it("are orthogonal where they are recurrent", () => {
    const n = 60;
    const U = initialState(model(gru, 3, n, bernoulli(3)), 5).parameters.get("U_r") as Float32Array;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += U[i * n + k] * U[j * n + k];
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 5);
      }
  });

  it("are the same in slices, between which timers run", async () => {
    const of = model(gru, 20, 300, bernoulli(20));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const sliced = await initialStateInSlices(of, 7);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
    expect(bitsOf(sliced.parameters)).toBe(bitsOf(initialState(of, 7).parameters));
  });

  it("are given up when the signal comes while a large matrix is made", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 100);
    const large = model(gru, 88, 4000, bernoulli(88)); // minutes, if nobody interrupts
    await expect(initialStateInSlices(large, 1, controller.signal)).rejects.toThrow("enough");
  });
});

describe("a model's size", () => {
  it("is counted in parameters, bytes and the seconds of its recurrent matrices", () => {
    // 3 · (3 · 2 + 2 · 2 + 2) + 2 · 3 + 3 parameters, 64 bytes each; 3 matrices of 4 · 2³ operations
    expect(modelCost(model(gru, 3, 2, bernoulli(3)))).toEqual({
      parameters: 45,
      bytes: 45 * 64,
      seconds: 96 / 1.5e9,
    });
  });

  it("beyond the memory, or beyond all patience, is refused with the numbers", () => {
    const huge = model(gru, 88, 100_000, bernoulli(88));
    expect(() => checkModelSize(huge, 24 * 2 ** 30)).toThrow(
      "model: expected one that fits in this machine's 24.0 GiB, got gru of 100,000 hidden units, 30,035,500,088 parameters, which takes about 1790 GiB; choose fewer hidden units",
    );
    expect(() => initialState(huge, 1)).toThrow(
      "model: expected one whose initial weights are made within 12 hours, got gru of 100,000 hidden units, 30,035,500,088 parameters, about 2,223 hours; choose fewer hidden units",
    );
    expect(() => checkModelSize(model(gru, 88, 4000, bernoulli(88)), 24 * 2 ** 30)).not.toThrow();
  });
});
