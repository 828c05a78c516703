import { expect, it } from "vitest";
import { outputEffects, outputsTable } from "../../lib/show/outputs-table.js";
import type { RunRecord } from "../../lib/train/record.js";
import { madeUpRecord } from "./records.js";

/** Two seeds of one unit and output on JSB, their mean test NLL given. */
function runs(cell: string, mean: number, output?: string): RunRecord[] {
  return [1, 2].map((seed) => {
    const one = madeUpRecord(cell, { seed });
    const nllPerStep = mean + (seed === 1 ? -0.1 : 0.1);
    return {
      ...one,
      configuration: { ...one.configuration, data: "jsb", ...(output ? { output } : {}) },
      results: { ...one.results, test: { nllPerStep, nllPerSequence: nllPerStep } },
    };
  });
}

const alone = [...runs("tanh", 8.8), ...runs("gru", 8.5), ...runs("lstm", 9)];
const joint = [
  ...runs("tanh", 5.5, "nade(64)"),
  ...runs("gru", 5.4, "nade(64)"),
  ...runs("lstm", 5.3, "nade(64)"),
];

it("unit and output stand beside each other, and what each of them brings", () => {
  const [effect, ...others] = outputEffects([...joint, ...alone]);
  expect(others).toEqual([]);
  expect(effect.data).toBe("jsb");
  expect(effect.output).toBeCloseTo((5.5 - 8.8 + 5.4 - 8.5 + 5.3 - 9) / 3, 12);
  expect(effect.units).toBeCloseTo(0.2, 12);
  const { rows, columns } = outputsTable([...joint, ...alone]);
  expect(columns.slice(2, 5).map(({ title }) => title)).toEqual(["tanh", "GRU", "LSTM"]);
  expect(rows).toEqual([
    ["JSB Chorales", "each alone", "8.80 ± 0.14", "8.50 ± 0.14", "9.00 ± 0.14", "0.50"],
    ["", "together", "5.50 ± 0.14", "5.40 ± 0.14", "5.30 ± 0.14", "0.20"],
    ["", "together less alone", "−3.30", "−3.10", "−3.70", ""],
  ]);
});

it("an output that is worse says so", () => {
  const worse = runs("gru", 8.6, "nade(64)");
  const { rows } = outputsTable([
    ...alone,
    ...joint.filter((r) => r.configuration.cell !== "gru"),
    ...worse,
  ]);
  expect(rows[2][3]).toBe("+0.10");
});

it("a set where a unit is missing, or has one seed only, is left out", () => {
  const { rows } = outputsTable([...alone, ...joint.slice(0, 5)]);
  expect(rows).toEqual([]);
  expect(outputEffects([...alone, ...joint.slice(2)])).toEqual([]);
});
