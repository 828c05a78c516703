import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { lstmForget1 } from "../../lib/cells/zoo/lstm-forget-1.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import type { Engine, StepReport, StepSettings } from "../../lib/engines/engine.js";
import { openEngine } from "../../lib/engines/index.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { taskOf } from "../../lib/tasks/index.js";
import { configurationOf } from "../../lib/train/configuration.js";
import { runConfiguration } from "../../lib/train/record.js";
import { runId } from "../../lib/train/run-id.js";
import { train } from "../../lib/train/train.js";

const chorales = syntheticChorales();
const dataset = {
  ...chorales,
  train: chorales.train.slice(0, 6),
  valid: chorales.valid.slice(0, 2),
  test: chorales.test.slice(0, 2),
};
const task = taskOf(dataset);

describe("the authors' protocol", () => {
  it("has every fact of their published code", () => {
    expect(configurationOf(task, gru, { protocol: "authors" })).toMatchObject({
      batchSize: 1,
      maxSteps: null,
      loss: "sum",
      decay: 0.95,
      rootFloor: 0.01,
      epsilon: 0,
      momentum: 0.9,
      maxStepNorm: 1,
      maxGradientNorm: 1,
      nonFiniteGradient: "shrink",
      learningRate: 1e-3,
      finalLearningRate: 0.01,
      epochs: 500,
      weightNoise: 0.075,
    });
  });

  it("gives way to options, and leaves a record that tells its name", async () => {
    const { record } = await train({ dataset, cell: gru, protocol: "authors", epochs: 2 });
    expect(record.configuration).toMatchObject({ protocol: "authors", epochs: 2, loss: "sum" });
    expect(record.curve.map(({ shrunk }) => shrunk)).toEqual([0, 0]);
  });

  it("hands every engine its settings, one whole piece an update", async () => {
    const seen: (StepSettings & { readonly size: number })[] = [];
    const engine = watched(await openEngine("native-wasm"), (report) => report, seen);
    await train({ dataset, cell: gru, protocol: "authors", epochs: 1, engine });
    expect(seen).toHaveLength(6);
    for (const settings of seen)
      expect(settings).toMatchObject({
        size: 1,
        loss: "sum",
        update: { decay: 0.95, momentum: 0.9, rootFloor: 0.01, epsilon: 0 },
        maxStepNorm: 1,
        nonFiniteGradient: "shrink",
      });
  });

  it("counts updates whose gradient was not finite, and leaves them out of the means", async () => {
    let updates = 0;
    const broken = (report: StepReport) => {
      updates += 1;
      if (updates === 2) return { ...report, gradientNorm: Number.POSITIVE_INFINITY };
      if (updates === 3) return { ...report, gradientNorm: Number.NaN, nllPerStep: Number.NaN };
      return { ...report, gradientNorm: 3, nllPerStep: 5 };
    };
    const engine = watched(await openEngine("native-wasm"), broken);
    const { record } = await train({ dataset, cell: gru, protocol: "authors", epochs: 2, engine });
    expect(record.curve.map(({ shrunk }) => shrunk)).toEqual([2, 0]);
    expect(record.curve[0].gradientNorm).toEqual({ mean: 3, max: 3, rescaled: 1 });
    expect(Number.isFinite(record.curve[0].trainingNllPerStep)).toBe(true);
    expect(record.curve[1].trainingNllPerStep).toBeCloseTo(5, 12);
  });
});

describe("this project's protocol", () => {
  it("is the default, and a run by it has the name that it had before there were two", () => {
    const configuration = configurationOf(task, gru, {});
    expect(configuration).toMatchObject({ protocol: "ours", loss: "mean", maxSteps: 1000 });
    const { protocol: _, loss: __, rootFloor: ___, ...others } = configuration;
    const { maxStepNorm: _m, nonFiniteGradient: _n, ...older } = others;
    const { update: _u, updateSettings: _s, ...before } = older;
    const parsed = runConfiguration.parse(before);
    expect(parsed).toEqual(configuration);
    expect(runId(parsed, "x", "1")).toBe(runId(before as typeof parsed, "x", "1"));
    for (const change of [{ protocol: "authors" }, { loss: "sum" }, { rootFloor: 0.1 }] as const)
      expect(runId({ ...parsed, ...change }, "x", "1")).not.toBe(runId(parsed, "x", "1"));
  });

  it("refuses to divide by a root that may be 0", () => {
    expect(() => configurationOf(task, gru, { epsilon: 0 })).toThrow(
      "update rmsprop: epsilon: expected a number above 0 and finite, with no rootFloor, got 0",
    );
  });
});

it("the LSTM that begins by keeping its memory differs in the forget gate's first bias alone", () => {
  const states = [lstm, lstmForget1].map((cell) =>
    initialState(model(cell, 5, 3, bernoulli(5)), 1),
  );
  const [zero, one] = states.map(({ parameters }) => parameters);
  for (const [name, values] of zero)
    expect([...(one.get(name) as Float32Array)]).toEqual(name === "b_f" ? [1, 1, 1] : [...values]);
  expect(configurationOf(task, lstmForget1, {}).hiddenSize).toBe(36);
});

/** An engine whose reports pass through a function; `seen` gets what it was asked for. */
function watched(
  engine: Engine,
  change: (report: StepReport) => StepReport,
  seen: (StepSettings & { readonly size: number })[] = [],
): Engine {
  return {
    ...engine,
    open: async (...of) => {
      const session = await engine.open(...of);
      const step = session.trainStep.bind(session);
      session.trainStep = async (batch, settings) => {
        seen.push({ ...settings, size: batch.size });
        return change(await step(batch, settings));
      };
      return session;
    },
  };
}
