import { describe, expect, it } from "vitest";
import { cellNamed } from "../../lib/cells/index.js";
import type { Batch } from "../../lib/data/batch.js";
import { checkBatch, withRisingColumns } from "../../lib/engines/check-batch.js";
import { openEngine } from "../../lib/engines/index.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";

const width = 9;
const keys = model(cellNamed("gru"), width, 3, bernoulli(width));

/** A batch of one sequence whose input is these rows. */
function batchOf(columns: readonly number[], offsets: readonly number[]): Batch {
  const time = offsets.length - 1;
  const rows = (c: readonly number[], o: readonly number[]) => ({
    ...({ kind: "sparse", width } as const),
    columns: Int32Array.from(c),
    offsets: Int32Array.from(o),
  });
  return {
    ...{ size: 1, time, lengths: Int32Array.of(time), sources: Int32Array.of(0) },
    stepOffsets: Int32Array.from(offsets, (_, t) => t),
    input: rows(columns, offsets),
    target: rows(
      [],
      offsets.map(() => 0),
    ),
  };
}

const checked = (columns: readonly number[], offsets: readonly number[]) => () =>
  checkBatch("engine", keys, batchOf(columns, offsets));

const right: readonly number[] = [0, 8, 3, 4, 5, 6, 1, 2, 0, 7, 8];
const offsets: readonly number[] = [0, 0, 2, 6, 6, 7, 8, 11, 11];

describe("a batch's sparse rows at the door", () => {
  it("may be empty, and begin anywhere", () => {
    expect(checked(right, offsets)).not.toThrow();
    expect(checked([], [0, 0])).not.toThrow();
    expect(checked([5], [0, 1, 1])).not.toThrow();
  });

  it("may have their columns in any order, each once", () => {
    expect(checked([8, 0, 6, 3, 5, 4, 1, 2, 7, 8, 0], offsets)).not.toThrow();
    expect(checked([8, 0, 6, 3, 5, 6, 1, 2, 7, 8, 0], offsets)).toThrow("one twice in row 2");
  });

  it("have columns of the width, at every place", () => {
    for (const column of [-1, width, 2 ** 31 - 1, -(2 ** 31)])
      right.forEach((_, k) => {
        const row = offsets.findIndex((_, r) => k < offsets[r + 1]);
        expect(checked(right.with(k, column), offsets)).toThrow(
          `expected columns from 0 to ${width - 1}, got ${column} in row ${row}`,
        );
      });
  });

  it("have no column twice in a row, at every place", () => {
    for (let k = 1; k < right.length; k++) {
      const doubled = checked(right.with(k, right[k - 1]), offsets);
      if (offsets.some((offset) => offset === k)) expect(doubled).not.toThrow();
      else expect(doubled).toThrow("expected every column once");
    }
  });

  it("have offsets that do not fall, nor lead out of the columns", () => {
    expect(checked(right, offsets.with(2, 7))).toThrow("offsets that do not fall, got 6 after 7");
    expect(checked(right, offsets.with(2, -1))).toThrow("offsets that do not fall, got -1 after 0");
    for (const far of [12, 2 ** 31 - 1])
      expect(checked(right, offsets.with(3, far))).toThrow(`do not fall, got ${far} after 2`);
  });
});

describe("rows whose columns are in any order", () => {
  const mixed = batchOf([8, 0, 6, 3, 5, 4, 1, 2, 7, 8, 0], offsets);

  it("are brought into theirs, and others stay what they are", () => {
    const ordered = withRisingColumns(mixed);
    expect(ordered.input).toMatchObject({
      columns: Int32Array.of(0, 8, 3, 4, 5, 6, 1, 2, 0, 7, 8),
    });
    expect(mixed.input).toMatchObject({ columns: Int32Array.of(8, 0, 6, 3, 5, 4, 1, 2, 7, 8, 0) });
    expect(withRisingColumns(ordered)).toBe(ordered);
  });

  it.each(["native", "native-wasm"])(
    "train on %s as those in order do, to the bit",
    async (name) => {
      const engine = await openEngine(name);
      const settings = { learningRate: 0.01, weightNoise: 0, noiseSeed: 1, maxGradientNorm: 1 };
      const trained = async (batch: Batch) => {
        const session = await engine.open(keys, initialState(keys, 1));
        await session.trainStep(batch, settings);
        return session.read();
      };
      expect(await trained(mixed)).toEqual(await trained(withRisingColumns(mixed)));
    },
  );

  it("are looked at in a moment, however many they are", async () => {
    const wide = model(cellNamed("gru"), 200_000, 1, bernoulli(1));
    const columns = Int32Array.from({ length: 200_000 }, (_, k) => 199_999 - k);
    const rows = { kind: "sparse", width: 200_000, columns, offsets: Int32Array.of(0, 200_000) };
    const right = batchOf([], [0, 0]);
    const target = { ...right.target, width: 1 };
    const batch = { ...right, input: rows, target } as Batch;
    const session = await (await openEngine("native-wasm")).open(wide, initialState(wide, 1));
    const [{ steps }] = await session.evaluate(batch);
    expect(steps).toBe(1);
    columns[0] = 0;
    await expect(session.evaluate(batch)).rejects.toThrow("got one twice in row 0");
  });
});
