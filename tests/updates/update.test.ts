import { describe, expect, it } from "vitest";
import { adam } from "../../lib/updates/adam.js";
import { updateNamed, updateNames } from "../../lib/updates/index.js";
import { updatePlan } from "../../lib/updates/plan.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { sgd } from "../../lib/updates/sgd.js";
import {
  settingsOf,
  type Update,
  type UpdateResults,
  type UpdateSettings,
  update,
} from "../../lib/updates/update.js";
import { oneUpdate } from "../oracle/update.js";

/** Two updates of one parameter, with gradients 3 and −1, at a rate of 0.1. */
function twice(rule: Update, given: UpdateSettings): number[] {
  const settings = settingsOf(rule, given);
  let slots = new Map<string, number>();
  return [3, -1].map((gradient, k) => {
    const made = oneUpdate(rule, {
      ...{ weight: 5, gradient, learningRate: 0.1, count: k + 1, settings },
      previous: (slot) => slots.get(slot) ?? 0,
    });
    slots = made.slots;
    return made.step;
  });
}

describe("by hand", () => {
  it("RMSProp divides by the root of the decaying mean square, with ε under it", () => {
    const first = 0.3 / Math.sqrt(0.5 * 9 + 0.25);
    const second = 0.9 * first - 0.1 / Math.sqrt(0.5 * 4.5 + 0.5 * 1 + 0.25);
    const settings = { decay: 0.5, momentum: 0.9, epsilon: 0.25 };
    expect(twice(rmsprop, settings)).toEqual([
      expect.closeTo(first, 14),
      expect.closeTo(second, 14),
    ]);
  });

  it("RMSProp's floor takes the place of a smaller root", () => {
    const settings = { decay: 0.5, momentum: 0, epsilon: 0, rootFloor: 2 };
    // roots: √4.5 = 2.12, then √2.75 = 1.66
    expect(twice(rmsprop, settings)).toEqual([
      expect.closeTo(0.3 / Math.sqrt(4.5), 14),
      expect.closeTo(-0.1 / 2, 14),
    ]);
  });

  it("Adam's first step is the rate, whatever the gradient; its second weighs both", () => {
    const [first, second] = twice(adam, {});
    expect(first).toBeCloseTo(0.1 * (3 / (3 + 1e-8)), 12);
    const mean = (0.9 * 0.1 * 3 - 0.1) / (1 - 0.81);
    const square = (0.999 * 0.001 * 9 + 0.001) / (1 - 0.999 ** 2);
    expect(second).toBeCloseTo((0.1 * mean) / (Math.sqrt(square) + 1e-8), 12);
  });

  it("gradient descent goes down the gradient, and with momentum keeps some of its way", () => {
    expect(twice(sgd, {})).toEqual([expect.closeTo(0.3, 14), expect.closeTo(-0.1, 14)]);
    expect(twice(sgd, { momentum: 0.5 })).toEqual([
      expect.closeTo(0.3, 14),
      expect.closeTo(0.05, 14),
    ]);
  });
});

describe("a rule", () => {
  it("is found by its name", () => {
    expect(updateNames).toEqual(["rmsprop", "adam", "sgd"]);
    expect(updateNamed("adam")).toBe(adam);
    expect(() => updateNamed("adagrad")).toThrow(
      "update: expected one of rmsprop, adam, sgd, got adagrad",
    );
  });

  it("computes once what is the same for all parameters, in double precision", () => {
    const plan = updatePlan(adam);
    expect(plan.slots).toEqual(["mean", "meanSquare"]);
    expect(plan.ops.map(({ op }) => op)).not.toContain("exp");
    const scalars = plan.scalars(0.1, settingsOf(adam), 2);
    expect(scalars).toHaveLength(plan.scalarCount);
    for (const expected of [0.1, 0.9, 0.999, 1e-8, 1 - 0.9 ** 3, 1 - 0.999 ** 3])
      expect(Math.min(...scalars.map((s) => Math.abs(s - expected)))).toBeLessThan(1e-15);
  });

  it.each<[string, () => Update, string]>([
    [
      "a slot that is never set",
      () => update("u", {}, ({ previous }) => ({ step: previous("lost") })),
      "update u: expected a new value for slot lost, got none; return { step: …, lost: … }",
    ],
    [
      "a setting that it does not have",
      () => update("u", { a: 1 }, ({ setting }) => ({ step: setting("b" as "a") })),
      "update u: setting: expected one of a, got b",
    ],
    [
      "no step",
      () => update("u", {}, () => ({}) as UpdateResults),
      "update u: step: expected a value of this rule, got something else",
    ],
    [
      "a value from elsewhere",
      () => update("u", {}, ({ square }) => ({ step: square({ index: 99 }) })),
      "update u: square: expected a value of this rule, got something else",
    ],
  ])("is refused with %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  it.each<[Update, UpdateSettings, string]>([
    [rmsprop, { decay: 1 }, "update rmsprop: decay: expected a number from 0 to below 1, got 1"],
    [rmsprop, { epsilon: 0 }, "epsilon: expected a number above 0 and finite, with no rootFloor"],
    [rmsprop, { rootFloor: 1e-30 }, "rootFloor: expected a number from 1e-18 on and finite, or 0"],
    [adam, { epsilon: Number.NaN }, "update adam: epsilon: expected a finite number, got NaN"],
    [sgd, { decay: 0.5 }, "update sgd: decay: expected a setting of sgd (momentum), got another"],
  ])("refuses settings out of range: %#", (rule, settings, message) => {
    expect(() => settingsOf(rule, settings)).toThrow(message);
  });
});
