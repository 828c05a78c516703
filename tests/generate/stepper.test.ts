import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { memoryless } from "../../lib/cells/memoryless.js";
import { tanh } from "../../lib/cells/tanh.js";
import { stepper } from "../../lib/generate/stepper.js";
import { gaussianMixture } from "../../lib/outputs/index.js";
import { everyOp } from "../oracle/cells.js";
import { randomModel, randomSound, stateOf } from "../oracle/examples.js";
import { dense, oracle } from "../oracle/oracle.js";
import { stepNll } from "../oracle/outputs.js";

it.each([tanh, gru, lstm, memoryless, everyOp].map((c) => [c.name, c] as const))(
  "%s, step by step, predicts what the oracle does",
  (_, cell) => {
    const { model, weights } = randomModel(cell, 3, 5, 11, gaussianMixture(3, 2));
    const batch = randomSound(4, 3, [9]);
    const network = stepper(model, stateOf(model, weights).parameters);
    const input = dense(batch.input);
    const target = dense(batch.target);
    const row = (values: Float64Array, t: number) => values.subarray(3 * t, 3 * t + 3);
    let nll = 0;
    for (let t = 0; t < batch.time; t++)
      nll += stepNll(model.output, network.step(row(input, t)), row(target, t)).nll;
    expect(nll).toBeCloseTo(oracle(model, weights, batch).sequences[0].nll, 9);
  },
);

it("an input of another width and parameters that are missing are refused", () => {
  const { model, weights } = randomModel(gru, 3, 5, 11);
  const { parameters } = stateOf(model, weights);
  expect(() => stepper(model, parameters).step([1, 2])).toThrow(
    "expected an input of 3 numbers, got 2",
  );
  expect(() => stepper(model, new Map())).toThrow(
    "parameters: expected W_r of 15 numbers, got none",
  );
});
