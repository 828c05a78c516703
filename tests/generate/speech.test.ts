import { expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { sampleSpeech, soundOf } from "../../lib/generate/speech.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { deviationFloor, gaussianMixture } from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";

/** Two components over two samples; sees three. The state is the window itself, nearly: tanh of a thousandth of it. */
const window = cell("window", ({ input: x, affine, tanh }) => ({ h: tanh(affine("h", x)) }));
const small = model(window, 3, 3, gaussianMixture(2, 2));
const readoutSize = 10; // logits 2, means 2 × 2, raw deviations 2 × 2

/** @param bias logits, then for each sample the components' means, then for each sample their raw deviations */
function trained(
  bias: readonly number[],
  copied: readonly (readonly [from: number, to: number])[] = [],
) {
  const parameters = new Map(initialState(small, 1).parameters);
  parameters.set("W_h", Float32Array.from([1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3]));
  const weights = new Float32Array(3 * readoutSize);
  for (const [from, to] of copied) weights[from * readoutSize + to] = 1000;
  parameters.set("W_y", weights);
  parameters.set("b_y", Float32Array.from(bias));
  return { model: small, parameters };
}

/** softplus(raw) + floor = deviation */
const raw = (deviation: number) => Math.log(Math.expm1(deviation - deviationFloor));
const mixture = trained([Math.log(3), 0, -2, 4, 1, 5, raw(0.5), raw(1), raw(0.25), raw(2)]);

const moments = (values: readonly number[]) => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return {
    mean,
    deviation: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length),
    count: values.length,
  };
};
/** The first samples of the steps of each component, told apart by the means, which lie far from each other. */
const byComponent = async (temperature: number) => {
  const made = await sampleSpeech(mixture, { samples: 20_000, seed: 2, temperature });
  const steps = Array.from({ length: 10_000 }, (_, t) => [made[2 * t], made[2 * t + 1]]);
  return [steps.filter(([a]) => a < 0.3), steps.filter(([a]) => a >= 0.3)].map((part) =>
    [0, 1].map((d) => moments(part.map((s) => s[d]))),
  );
};

it("components come by their weights, samples by their means and deviations", async () => {
  const [first, second] = await byComponent(1);
  expect(first[0].count / 10_000).toBeCloseTo(0.75, 1.5);
  for (const [found, mean, deviation] of [
    [first[0], -2, 0.5],
    [first[1], 1, 0.25],
    [second[0], 4, 1],
    [second[1], 5, 2],
  ] as const) {
    expect(Math.abs(found.mean - mean)).toBeLessThan((4 * deviation) / Math.sqrt(found.count));
    expect(found.deviation / deviation).toBeCloseTo(1, 1);
  }
});

it("temperature ½ squares the weights and halves the variances, 0 takes the likeliest component's means", async () => {
  const [first] = await byComponent(0.5);
  expect(first[0].count / 10_000).toBeCloseTo(0.9, 1.5); // 3² : 1
  expect(first[1].deviation).toBeCloseTo(0.25 * Math.SQRT1_2, 2);
  expect([...(await sampleSpeech(mixture, { samples: 5, temperature: 0 }))]).toEqual([
    -2, 1, -2, 1, -2,
  ]);
});

it("the window ends where the primer does and moves on over what was made", async () => {
  // both means are copies of the window's last sample but one: s[n] = s[n − 2], s[n + 1] = s[n − 2]
  const copies = trained(
    [0, 0, 0, 0, 0, 0, raw(1), raw(1), raw(1), raw(1)],
    [
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ],
  );
  for (const primer of [
    [1, 2, 3],
    [9, 1, 2, 3],
    [9, 9, 1, 2, 3],
  ]) {
    const made = await sampleSpeech(copies, {
      samples: 4,
      temperature: 0,
      primer: Float32Array.from(primer),
    });
    expect([...made].map((v) => Math.round(v * 100) / 100)).toEqual([2, 2, 2, 2]);
  }
  const last = trained(
    [0, 0, 0, 0, 0, 0, raw(1), raw(1), raw(1), raw(1)],
    [
      [2, 2],
      [2, 3],
      [0, 4],
      [0, 5],
    ],
  );
  const made = await sampleSpeech(last, {
    samples: 4,
    temperature: 0,
    primer: Float32Array.of(1, 2, 3),
  });
  expect([...made].map((v) => Math.round(v * 100) / 100)).toEqual([3, 1, 1, 3]); // windows 1 2 3, then 3 3 1
});

it("a seed gives the same sound again, and a model that runs away stays within bounds", async () => {
  expect(await sampleSpeech(mixture, { samples: 50, seed: 9 })).toEqual(
    await sampleSpeech(mixture, { samples: 50, seed: 9 }),
  );
  expect(await sampleSpeech(mixture, { samples: 50, seed: 8 })).not.toEqual(
    await sampleSpeech(mixture, { samples: 50, seed: 9 }),
  );
  const wild = trained([0, 0, 1e6, 1e6, -1e6, -1e6, 0, 0, 0, 0]);
  expect([...(await sampleSpeech(wild, { samples: 4 }))]).toEqual([16, -16, 16, -16]);
});

it("sound is undone normalisation, clipped at full scale", async () => {
  const sound = soundOf(Float32Array.of(0, 1, -1, 100), { mean: 0.1, standardDeviation: 0.2 });
  [0.1, 0.3, -0.1, 1].forEach((v, i) => {
    expect(sound[i]).toBeCloseTo(v, 6);
  });
});

it("a primer shorter than the window is refused", async () => {
  await expect(sampleSpeech(mixture, { primer: new Float32Array(2) })).rejects.toThrow(
    "primer: expected at least 3 samples, got 2",
  );
  await expect(sampleSpeech(mixture, { samples: 0 })).rejects.toThrow(
    "expected at least 1 sample, got 0",
  );
});

it("normal numbers are a generator's own, so that a seed means the same everywhere", async () => {
  const one = trained([30, 0, 0, 0, 0, 0, raw(1), raw(1), raw(1), raw(1)]);
  const random = generator(1, "sample speech");
  random.uniform(); // the component
  const made = await sampleSpeech(one, { samples: 2 });
  expect(made[0]).toBeCloseTo(random.normal(), 5);
});
