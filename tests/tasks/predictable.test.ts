import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { gru, train } from "../../lib/index.js";
import { taskOf } from "../../lib/tasks/index.js";
import { checkPredictable } from "../../lib/tasks/predictable.js";
import type { Task } from "../../lib/tasks/task.js";

const chorales = syntheticChorales();
const oneStep = [pianoRoll([[60]]), pianoRoll([])];

describe("a split without a step to predict", () => {
  it.each(["train", "valid", "test"] as const)("is refused by its name: %s", (split) => {
    const task = taskOf({ ...chorales, [split]: oneStep });
    expect(() => checkPredictable(task)).toThrow(
      `synthetic: expected a predictable step in every split, got none in ${split}; `,
    );
  });

  it("is one whose weights are all 0, whoever made the task", () => {
    const { evaluation, ...rest } = taskOf(chorales);
    const weighted = (weight: number): Task => ({
      ...rest,
      evaluation: (split) =>
        [...evaluation(split)].map((batch) => {
          const rows = batch.stepOffsets[batch.time];
          return { ...batch, weights: new Float32Array(rows).fill(weight) };
        }),
    });
    expect(() => checkPredictable(weighted(0))).toThrow("got none");
    checkPredictable(weighted(0.5));
  });

  it("is told before anything is trained", async () => {
    const dataset = { ...chorales, test: oneStep };
    await expect(train({ dataset, cell: gru, epochs: 1 })).rejects.toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining("in test") }),
    );
  });
});
