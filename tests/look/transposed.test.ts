import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { transposed } from "../../lib/data/transpose.js";
import { transposedNll } from "../../lib/look/transposed.js";
import { train } from "../../lib/train/train.js";

it("costs a model that heard one key only more in others than one that heard all, which are its own NLL of shifted pieces", async () => {
  const dataset = syntheticChorales();
  const how = { dataset, cell: gru, epochs: 6, hiddenSize: 16, learningRate: 3e-3, weightNoise: 0 };
  const one = await train({ ...how, output: "nade(16)" });
  const all = await train({ ...how, output: "nade(16)", transpose: 5 });
  const [own, other] = await Promise.all(
    [one, all].map((trained) => transposedNll(trained, dataset.test.slice(0, 20), 3)),
  );
  const at = (of: typeof own, shift: number) =>
    of.find(({ semitones }) => semitones === shift)?.nllPerStep ?? Number.NaN;
  expect(own.map(({ semitones }) => semitones)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  for (const shift of [-3, -1, 1, 3]) expect(at(own, shift)).toBeGreaterThan(at(own, 0) + 0.5);
  expect(at(other, 1) - at(other, 0)).toBeLessThan(at(own, 1) - at(own, 0));
  const by = dataset.test.slice(0, 20).map((piece) => transposed(piece, 2));
  expect(at(await transposedNll(one, by, 0), 0)).toBeCloseTo(at(own, 2), 4);
  expect(one.record.configuration.output).toBe("nade(16)");
  expect(all.record.configuration.transpose).toBe(5);
  expect(all.record.id).not.toBe(one.record.id);
  await expect(transposedNll(one, dataset.test, 12)).rejects.toThrow(
    "transpose: expected 0 to 11 semitones, got 12",
  );
}, 120_000);
