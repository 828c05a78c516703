import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch, Rows } from "../../lib/data/batch.js";
import { batchOf, bucketedBatches } from "../../lib/data/batches.js";
import { notesAt, type PianoRoll, pianoRoll } from "../../lib/data/piano-roll.js";
import { generator } from "../../lib/random/generator.js";

const piano = { lowestNote: 21, keys: 88 };

function columns(rows: Rows, row: number): number[] {
  if (rows.kind !== "sparse") throw new Error("expected sparse rows");
  return [...rows.columns.subarray(rows.offsets[row], rows.offsets[row + 1])];
}

/** Every predicted step of a batch: which piece, and its input and target columns. */
function predictions(
  batch: Batch,
): { source: number; step: number; input: number[]; target: number[] }[] {
  const found = [];
  for (let t = 0; t < batch.time; t++)
    for (let row = batch.stepOffsets[t]; row < batch.stepOffsets[t + 1]; row++) {
      const source = batch.sources[row - batch.stepOffsets[t]];
      found.push({
        source,
        step: t,
        input: columns(batch.input, row),
        target: columns(batch.target, row),
      });
    }
  return found;
}

/** A piece whose step t holds the note 30 + t alone, so that each step can be told from the others. */
const ladder = (length: number): PianoRoll => pianoRoll(Array.from({ length }, (_, t) => [30 + t]));

const rolls = fc.array(
  fc.array(fc.uniqueArray(fc.integer({ min: 21, max: 108 }), { maxLength: 5 }), { maxLength: 12 }),
  {
    minLength: 1,
    maxLength: 9,
  },
);

describe("batchOf", () => {
  it("packs pieces of 3, 1, 4 and 2 steps, longest first and without padding", () => {
    const batch = batchOf(
      [pianoRoll([[60], [62, 64], [65]]), ladder(1), ladder(4), pianoRoll([[], [21, 108]])],
      piano,
    );
    expect(batch).toMatchObject({ size: 3, time: 3 });
    expect([...batch.lengths]).toEqual([3, 2, 1]);
    expect([...batch.sources]).toEqual([2, 0, 3]);
    expect([...batch.stepOffsets]).toEqual([0, 3, 5, 6]);
    expect(Array.from({ length: 6 }, (_, row) => columns(batch.input, row))).toEqual([
      [9],
      [39],
      [],
      [10],
      [41, 43],
      [11],
    ]);
    expect(Array.from({ length: 6 }, (_, row) => columns(batch.target, row))).toEqual([
      [10],
      [41, 43],
      [0, 87],
      [11],
      [44],
      [12],
    ]);
  });

  it("predicts each step but the first of any pieces exactly once, from the step before it", () => {
    fc.assert(
      fc.property(rolls, (lists) => {
        const pieces = lists.map((steps) => pianoRoll(steps));
        fc.pre(pieces.some((piece) => piece.length > 1));
        const batch = batchOf(pieces, piano);
        const got = predictions(batch).map(({ source, step, input, target }) => [
          source,
          step,
          input,
          target,
        ]);
        const expected = [...batch.sources].flatMap((source) =>
          Array.from({ length: pieces[source].length - 1 }, (_, t) => [
            source,
            t,
            keysAt(pieces[source], t),
            keysAt(pieces[source], t + 1),
          ]),
        );
        expect(sorted(got)).toEqual(sorted(expected));
        expect([...batch.sources].sort((a, b) => a - b)).toEqual(
          pieces.flatMap((piece, i) => (piece.length > 1 ? [i] : [])),
        );
        expect([...batch.lengths]).toEqual([...batch.lengths].sort((a, b) => b - a));
      }),
    );
  });

  it("refuses to pack nothing, and notes outside the keys", () => {
    expect(() => batchOf([ladder(1), ladder(0)], piano)).toThrow(
      "batch: expected a piece of at least two steps, got none among 2",
    );
    const low = pianoRoll([[60], [20]], "low.mid");
    expect(() => batchOf([low], piano)).toThrow(
      "batch: expected notes from 21 to 108, got 20 in low.mid, step 1",
    );
    expect(columns(batchOf([low], { lowestNote: 1, keys: 96 }).target, 0)).toEqual([19]);
  });
});

describe("bucketedBatches", () => {
  it("chops long pieces and still predicts every step but the first exactly once", () => {
    const pieces = [ladder(11), ladder(1), ladder(4), ladder(6)];
    const batches = bucketedBatches(pieces, piano, { batchSize: 2, maxSteps: 3 });
    expect(Math.max(...batches.map((batch) => batch.time))).toBe(3);
    const got = batches.flatMap((batch) =>
      predictions(batch).map(({ source, input, target }) => [
        source,
        input[0] + 21,
        target[0] + 21,
      ]),
    );
    const expected = pieces.flatMap((piece, source) =>
      Array.from({ length: piece.length - 1 }, (_, t) => [source, 30 + t, 31 + t]),
    );
    expect(sorted(got)).toEqual(sorted(expected));
  });

  it("puts pieces of about one length together, each once, at most batchSize a batch", () => {
    const lengths = [9, 3, 7, 5, 8, 2, 6, 4, 10];
    const batches = bucketedBatches(lengths.map(ladder), piano, { batchSize: 2 });
    expect(batches.map((batch) => [...batch.lengths])).toEqual([
      [9, 8],
      [7, 6],
      [5, 4],
      [3, 2],
      [1],
    ]);
    expect(batches.flatMap((batch) => [...batch.sources]).map((i) => lengths[i])).toEqual([
      10, 9, 8, 7, 6, 5, 4, 3, 2,
    ]);
  });

  it("shuffles batches and equal pieces by the generator alone", () => {
    const pieces = Array.from({ length: 40 }, (_, i) => ladder(5 + (i % 2)));
    const order = (seed: number) =>
      bucketedBatches(pieces, piano, { batchSize: 4, shuffle: generator(seed, "shuffle") }).map(
        (batch) => [...batch.sources],
      );
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(
      order(1)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(pieces.map((_, i) => i));
    const plain = bucketedBatches(pieces, piano, { batchSize: 4 }).map((batch) => batch.time);
    expect(plain).toEqual([...plain].sort((a, b) => b - a));
    const lengths = bucketedBatches(pieces, piano, {
      batchSize: 4,
      shuffle: generator(1, "shuffle"),
    }).map((batch) => batch.time);
    expect(lengths).not.toEqual(plain);
    expect([...lengths].sort((a, b) => b - a)).toEqual(plain);
  });

  it("gives no batches for pieces with nothing to predict", () => {
    expect(bucketedBatches([ladder(1), ladder(0)], piano, { batchSize: 4 })).toEqual([]);
  });
});

function keysAt(roll: PianoRoll, t: number): number[] {
  return Array.from(notesAt(roll, t), (note) => note - 21);
}

function sorted(rows: unknown[][]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
