import { expect, it } from "vitest";
import { baselines } from "../../lib/data/baselines.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { baselinesOf, sequenceTask, type Task, textTask } from "../../lib/index.js";
import { ownBaselines } from "../../lib/look/own-baselines.js";
import { taskOf } from "../../lib/tasks/index.js";

const nll = async (task: Task, split: "train" | "valid" | "test" = "train") =>
  Object.fromEntries((await baselinesOf(task)).map((b) => [b.name, b[split].nllPerStep]));
const same = (sequences: object[], more: object = {}) =>
  sequenceTask({ train: sequences, valid: sequences, test: sequences, ...more } as never);

it("classes: their frequencies, counted from one", async () => {
  const task = same([{ input: [1, 1, 1], target: ["a", "a", "b"] }]);
  // (2 + 1) / 5 and (1 + 1) / 5
  const expected = -(2 * Math.log(3 / 5) + Math.log(2 / 5)) / 3;
  expect(await nll(task)).toEqual({ frequencies: expect.closeTo(expected, 12) });
});

it("classes of whole sequences count once a sequence, by the rows' weights", async () => {
  const task = same([
    { input: [1, 2, 3, 4, 5], target: "a" },
    { input: [1], target: "b" },
  ]);
  expect(await nll(task)).toEqual({ frequencies: expect.closeTo(Math.LN2, 12) });
});

it("text: each character given the one before, and alone", async () => {
  const task = textTask({ train: "ababababab", valid: "ab", test: "aa" });
  // train reads ababababa and predicts babababab: a→b 5 of 5, b→a 4 of 4, from one each
  const { frequencies, successors } = await nll(task, "test");
  expect(successors).toBeCloseTo(-Math.log(1 / 7), 12);
  expect(frequencies).toBeCloseTo(-Math.log(5 / 11), 12);
});

it("values: their mean and deviation, and the last value again", async () => {
  const task = same([[0, 1, 2, 3, 4, 6]], { normalise: false });
  // targets 1, 2, 3, 4, 6: mean 3.2, variance 2.96; steps 1, 1, 1, 1, 2: mean 1.2, variance 0.16
  const gaussian = (variance: number) => 0.5 * Math.log(2 * Math.PI * variance) + 0.5;
  expect(await nll(task)).toEqual({
    mean: expect.closeTo(gaussian(2.96), 6),
    "last-value": expect.closeTo(gaussian(0.16), 6),
  });
});

it("values that never change do not score without end", async () => {
  const { mean } = await nll(same([{ input: [1, 2], target: [5, 5] }]));
  expect(mean).toBeCloseTo(Math.log(0.01 * Math.sqrt(2 * Math.PI)), 6);
});

it("counts: a Poisson with their mean, factorials included", async () => {
  const task = same([{ input: [0, 0], target: [3, 200] }], { predict: "counts" });
  const rate = (203 + 0.5) / 2.5;
  let factorials = Math.log(6);
  for (let k = 2; k <= 200; k++) factorials += Math.log(k);
  const expected = (2 * rate - 203 * Math.log(rate) + factorials) / 2;
  expect(await nll(task)).toEqual({ rate: expect.closeTo(expected, 9) });
});

it("keys: as music's own baselines have it", () => {
  const chorales = syntheticChorales();
  const [own, music] = [ownBaselines(taskOf(chorales)), baselines(chorales)];
  expect(own.map(({ name }) => name)).toEqual(["bernoulli", "markov"]);
  for (const [i, { valid, test }] of music.entries()) {
    expect(own[i].test.nllPerStep).toBeCloseTo(test.nllPerStep, 9);
    expect(own[i].valid.nllPerSequence).toBeCloseTo(valid.nllPerSequence, 9);
  }
});
