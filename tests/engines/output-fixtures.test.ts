import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tanh } from "../../lib/cells/tanh.js";
import type { Rows } from "../../lib/data/batch.js";
import type { Engine } from "../../lib/engines/engine.js";
import { model } from "../../lib/model/model.js";
import {
  categorical,
  gaussian,
  nade,
  type Output,
  output,
  poisson,
} from "../../lib/outputs/index.js";
import { denseRows, packed, relativeError, stateOf } from "../oracle/examples.js";
import { availableEngines } from "./available.js";

/** Made by tests/fixtures/make_outputs.py with torch.distributions in float64. */
interface Fixture {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputs: Record<
    string,
    {
      targetSize: number;
      pieces: { input: number[][]; target: number[][] }[];
      weights: Numbers;
      nll: number[];
      gradient: Numbers;
    }
  >;
}
type Numbers = Record<string, number[]>;
const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/outputs.json", import.meta.url), "utf8"),
);

/** The worst relative difference to PyTorch's NLL and gradients for the output of that name. */
async function differenceFromTorch(
  engine: Engine,
  tested: Output,
  name = tested.name,
): Promise<number> {
  const { inputSize, hiddenSize, outputs } = fixture;
  const { pieces, weights, nll, gradient } = outputs[name];
  const m = model(tanh, inputSize, hiddenSize, tested);
  const batch = packed(inputSize, pieces, denseRows);
  const rows = packed(tested.targetSize, pieces, denseRows).target;
  const values = rows.kind === "dense" ? rows.values : new Float32Array();
  const target: Rows =
    tested.target === "values"
      ? denseRows(tested.targetSize, [[...values]])
      : {
          kind: "sparse",
          width: tested.targetSize,
          ...(tested.target === "index"
            ? {
                offsets: Int32Array.from({ length: values.length + 1 }, (_, r) => r),
                columns: Int32Array.from(values),
              }
            : chords(values, tested.targetSize)),
        };
  const state = new Map(Object.entries(weights).map(([n, w]) => [n, Float64Array.from(w)]));
  const session = await engine.open(m, stateOf(m, state));
  const found = (await session.evaluate({ ...batch, target })).map((s) => s.nll);
  const slopes = await session.gradient({ ...batch, target });
  await session.close();
  return Math.max(
    relativeError(found, nll),
    ...Object.entries(gradient).map(([n, g]) => relativeError(slopes.get(n) ?? [], g)),
  );
}

/** The keys that are one in each row of zeros and ones. */
function chords(values: Float32Array, keys: number): { offsets: Int32Array; columns: Int32Array } {
  const offsets = [0];
  const columns: number[] = [];
  values.forEach((on, i) => {
    if (on === 1) columns.push(i % keys);
    if (i % keys === keys - 1) offsets.push(columns.length);
  });
  return { offsets: Int32Array.from(offsets), columns: Int32Array.from(columns) };
}

const library: [string, Output][] = [
  ["categorical", categorical(5)],
  ["gaussian", gaussian(2)],
  ["poisson", poisson(3)],
  ["nade", nade(6, 5)],
  ["nade down", nade(6, 5, { order: "high-to-low", condition: "keys" })],
];

describe.each(await availableEngines())("the $build engine", (engine) => {
  it.each(library)("agrees with torch.distributions on %s", async (name, tested) => {
    expect(await differenceFromTorch(engine, tested, name)).toBeLessThan(1e-5);
  });
});

describe("the comparison with torch.distributions notices", () => {
  const sizes = (of: Output) => ({
    target: of.target,
    targetSize: of.targetSize,
    readoutSize: of.readoutSize,
  });
  const mutants: [string, string, Output][] = [
    [
      "classes that are not normalised",
      "categorical",
      output("m", sizes(categorical(5)), ({ readout: y, target: x, at, negate }) => ({
        nll: negate(at(y, x)),
      })),
    ],
    [
      "a Gaussian without the logarithm of its deviation",
      "gaussian",
      output("m", sizes(gaussian(2)), (v) => {
        const deviation = v.plus(v.softplus(v.part(v.readout, 2, 2)), 0.01);
        const z = v.divide(v.minus(v.target, v.part(v.readout, 0, 2)), deviation);
        return { nll: v.sum(v.plus(v.scale(v.square(z), 0.5), 0.9189385)) };
      }),
    ],
    [
      "a NADE that goes through its keys the other way",
      "nade",
      nade(6, 5, { order: "high-to-low" }),
    ],
    [
      "counts without ln x!",
      "poisson",
      output("m", sizes(poisson(3)), ({ readout, target, softplus, sum, minus, times, log }) => {
        const rate = softplus(readout);
        return { nll: sum(minus(rate, times(target, log(rate)))) };
      }),
    ],
  ];
  it.each(mutants)("%s", async (_, name, mutant) => {
    const [engine] = await availableEngines();
    expect(await differenceFromTorch(engine, mutant, name)).toBeGreaterThan(1e-3);
  });
});
