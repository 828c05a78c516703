import { expect, it } from "vitest";
import { batchPart } from "../../lib/data/batch-part.js";
import { batchOf } from "../../lib/data/batches.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { speechBatchOf } from "../../lib/data/speech-batches.js";
import { generator } from "../../lib/random/generator.js";

const random = generator(1, "batch part");
const some = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);

it("some sequences of a batch are the batch of those sequences alone", () => {
  const keys = { lowestNote: 21, keys: 88 };
  const rolls = [9, 7, 7, 4, 2].map((steps) =>
    pianoRoll(some(steps, () => some(random.integer(4), () => 21 + random.integer(88)))),
  );
  const waves = [90, 70, 50, 40].map((length) => {
    const samples = Float32Array.from(some(length, () => random.normal()));
    return { name: `${length}`, length, read: () => samples };
  });
  for (const [from, to] of [
    [0, 2],
    [1, 4],
    [3, 4],
  ] as const) {
    const sources = Int32Array.from({ length: to - from }, (_, k) => from + k);
    expect(batchPart(batchOf(rolls, keys), from, to)).toEqual({
      ...batchOf(rolls.slice(from, to), keys),
      sources,
    });
    expect(batchPart(speechBatchOf(waves), from, to)).toEqual({
      ...speechBatchOf(waves.slice(from, to)),
      sources,
    });
  }
});
