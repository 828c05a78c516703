import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { adam } from "../../lib/updates/adam.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { sgd } from "../../lib/updates/sgd.js";
import { settingsOf, type Update, type UpdateSettings } from "../../lib/updates/update.js";
import { oneUpdate } from "../oracle/update.js";

/** Made by tests/fixtures/make_updates.py with PyTorch 2.13 in float64. */
const fixture: {
  readonly rate: number;
  readonly start: number[];
  readonly gradients: number[][];
  readonly weights: Readonly<Record<string, number[][]>>;
} = JSON.parse(readFileSync(new URL("../fixtures/updates.json", import.meta.url), "utf8"));

it.each<[string, Update, UpdateSettings]>([
  ["rmsprop", rmsprop, { decay: 0.9, momentum: 0.5, epsilon: 1e-30 }],
  ["adam", adam, {}],
  ["adam, other settings", adam, { beta1: 0.5, beta2: 0.8, epsilon: 1e-3 }],
  ["sgd", sgd, {}],
  ["sgd, momentum", sgd, { momentum: 0.9 }],
])("goes PyTorch's way: %s", (name, rule, given) => {
  const settings = settingsOf(rule, given);
  fixture.start.forEach((start, i) => {
    let weight = start;
    let slots = new Map<string, number>();
    fixture.gradients.forEach((gradients, step) => {
      const made = oneUpdate(rule, {
        ...{ weight, settings, learningRate: fixture.rate, count: step + 1 },
        gradient: gradients[i],
        previous: (slot) => slots.get(slot) ?? 0,
      });
      weight -= made.step;
      slots = made.slots;
      expect(weight).toBeCloseTo(fixture.weights[name][step][i], 11);
    });
  });
});
