import { describe, expect, it } from "vitest";
import { paperCells } from "../../lib/cells/index.js";
import { everyOp } from "./cells.js";
import { randomBatch, randomModel, relativeError } from "./examples.js";
import { oracle } from "./oracle.js";

/** Central differences of the loss at every single weight, in float64. */
function centralDifferences(
  ...[model, weights, batch]: Parameters<typeof oracle>
): Map<string, Float64Array> {
  const h = 1e-5;
  return new Map(
    [...weights].map(([name, values]) => [
      name,
      values.map((_, i) => {
        const at = (shift: number) => {
          const shifted = Float64Array.from(values);
          shifted[i] += shift;
          return oracle(model, new Map([...weights, [name, shifted]]), batch).nllPerStep;
        };
        return (at(h) - at(-h)) / (2 * h);
      }),
    ]),
  );
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

describe.each([...paperCells, everyOp])("the float64 oracle's gradient of $name", (cell) => {
  it("equals central differences at every weight, for 20 seeds", () => {
    for (const seed of seeds) {
      const { model, weights } = randomModel(cell, 4, 3, seed);
      const batch = randomBatch(seed, 4, [6, 2, 4], 0.4);
      const { gradient } = oracle(model, weights, batch);
      for (const [name, expected] of centralDifferences(model, weights, batch))
        expect(
          relativeError(gradient.get(name) as Float64Array, expected),
          `${name}, seed ${seed}`,
        ).toBeLessThan(1e-6);
    }
  });
});
