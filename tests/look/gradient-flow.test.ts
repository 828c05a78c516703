import { expect, it } from "vitest";
import { doubleOperations, doubleWeights } from "../../lib/cells/double-precision.js";
import { evaluateStep } from "../../lib/cells/graph.js";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { tanh } from "../../lib/cells/tanh.js";
import { sigmoid } from "../../lib/compile/special-functions.js";
import { gradientFlow, gradientReach } from "../../lib/look/gradient-flow.js";
import type { Model } from "../../lib/model/model.js";
import { gaussianMixture } from "../../lib/outputs/index.js";
import { everyOp } from "../oracle/cells.js";
import { randomBatch, randomModel, randomSound, stateOf } from "../oracle/examples.js";
import { dense } from "../oracle/oracle.js";

const length = 5;
const batch = randomBatch(3, 4, [length], 0.4);

/** NLL of the last step, as a function of all states after step `at`. */
function lastNll(
  model: Model,
  values: ReadonlyMap<string, Float32Array>,
  at: number,
  change: (state: string, j: number) => number,
): number {
  const weights = doubleWeights(model.parameters, values);
  const { graph } = model.cell;
  const input = dense(batch.input);
  let states = new Map<string, Float64Array>(
    graph.states.map(({ name }) => [name, new Float64Array(model.hiddenSize)]),
  );
  for (let t = 0; t < length; t++) {
    const nodes = evaluateStep(
      graph,
      input.slice(4 * t, 4 * t + 4),
      states,
      doubleOperations(weights),
    );
    states = new Map(
      graph.states.map(({ name, node }) => [
        name,
        t === at ? nodes[node].map((v, j) => v + change(name, j)) : nodes[node],
      ]),
    );
  }
  const readout = doubleOperations(weights).affine(
    [states.get("h") as Float64Array],
    ["W_y"],
    "b_y",
  );
  const target = dense(batch.target).subarray(4 * (length - 1));
  return readout.reduce((sum, y, k) => sum - Math.log(target[k] ? sigmoid(y) : 1 - sigmoid(y)), 0);
}

it.each([tanh, gru, lstm, everyOp].map((c) => [c.name, c] as const))(
  "%s: shares of the norm are those of finite differences",
  (_, cell) => {
    const { model, weights } = randomModel(cell, 4, 3, 21);
    const { parameters } = stateOf(model, weights);
    const lags = length - 1;
    const norms = Array.from({ length: lags + 1 }, (_, k) => {
      const slopes = cell.graph.states.flatMap(({ name }) =>
        [0, 1, 2].map((j) => {
          const nll = (d: number) =>
            lastNll(model, parameters, length - 1 - k, (state, i) =>
              state === name && i === j ? d : 0,
            );
          return (nll(1e-5) - nll(-1e-5)) / 2e-5;
        }),
      );
      return Math.hypot(...slopes);
    });
    const flow = gradientFlow(model, parameters, batch, lags);
    norms.forEach((norm, k) => {
      expect(flow[k] / (norm / norms[0])).toBeCloseTo(1, 4);
    });
  },
);

it("a cell that keeps its state lets the gradient through, and one that forgets lets none", () => {
  const { model, weights } = randomModel(gru, 4, 3, 5);
  const kept = new Map(
    [...weights].map(([name, w]) => [name, name === "b_z" ? w.map(() => -30) : w]),
  );
  expect(gradientFlow(model, stateOf(model, kept).parameters, batch, 4)[4]).toBeCloseTo(1, 6);
  const forgotten = new Map(
    [...weights].map(([name, w]) => [
      name,
      name === "b_z" ? w.map(() => 30) : name === "b_r" ? w.map(() => -30) : w,
    ]),
  );
  expect(gradientFlow(model, stateOf(model, forgotten).parameters, batch, 4)[4]).toBeLessThan(1e-6);
});

it("sequences that are too short are refused", () => {
  const { model, weights } = randomModel(gru, 4, 3, 5);
  expect(() => gradientFlow(model, stateOf(model, weights).parameters, batch, 5)).toThrow(
    "expected a sequence of more than 5 steps",
  );
});

it("a model of any output has a flow: a mixture's gradient reaches back", () => {
  const { model, weights } = randomModel(gru, 4, 3, 5, gaussianMixture(4, 2));
  const flow = gradientFlow(model, stateOf(model, weights).parameters, randomSound(1, 4, [6]), 2);
  expect(flow[0]).toBe(1);
  expect(flow[2]).toBeGreaterThan(0);
  expect(flow[2]).toBeLessThan(1);
});

it("reaches back from one step as far as the mean says of the sequence that ends there", () => {
  for (const cell of [gru, lstm]) {
    const { model, weights } = randomModel(cell, 4, 3, 5);
    const { parameters } = stateOf(model, weights);
    const reach = gradientReach(model, parameters, batch, length - 1);
    expect([...reach]).toEqual([...gradientFlow(model, parameters, batch, length - 1)].map(about));
    expect(gradientReach(model, parameters, batch, 0)).toEqual(Float64Array.of(1));
    expect(gradientReach(model, parameters, batch, 2)).toHaveLength(3);
  }
});

it("has no reach from a step that the sequence does not have", () => {
  const { model, weights } = randomModel(gru, 4, 3, 5);
  for (const step of [-1, length, 1.5])
    expect(() => gradientReach(model, stateOf(model, weights).parameters, batch, step)).toThrow(
      `gradient reach: expected a step from 0 to ${length - 1}, got ${step}`,
    );
});

/** The mean over one step is an exponential of a logarithm. */
const about = (value: number): unknown => expect.closeTo(value, 10);
