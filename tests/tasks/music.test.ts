import { expect, it } from "vitest";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { taskOf } from "../../lib/tasks/index.js";

const options = { batchSize: 8, maxSteps: 100, seed: 1, epoch: 1 };
const firstSources = (o: typeof options) =>
  [...taskOf(syntheticChorales()).epoch(o).batches].map((b) => b.sources[0]);

it("the order of an epoch is a function of seed and epoch, and of nothing else", () => {
  expect(firstSources(options)).toEqual(firstSources(options));
  expect(firstSources({ ...options, seed: 2 })).not.toEqual(firstSources(options));
  expect(firstSources({ ...options, epoch: 2 })).not.toEqual(firstSources(options));
});

it("runs of one seed share their batches, and the latest epochs alone are kept", () => {
  const dataset = syntheticChorales();
  const epoch = (o: Partial<typeof options>) => taskOf(dataset).epoch({ ...options, ...o }).batches;
  const first = epoch({});
  expect(epoch({})).toBe(first);
  expect(epoch({ batchSize: 4 })).not.toBe(first);
  expect(epoch({ maxSteps: 5 })).not.toBe(first);
  for (let k = 2; k <= 6; k++) epoch({ epoch: k });
  expect(epoch({})).not.toBe(first);
  expect([...epoch({})]).toEqual([...first]);
});
