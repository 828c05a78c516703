import { describe, expect, it } from "vitest";
import { notesAt, pianoRoll } from "../../lib/data/piano-roll.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { possibleShifts, randomlyTransposed, transposed } from "../../lib/data/transpose.js";
import { generator } from "../../lib/random/generator.js";
import { taskOf } from "../../lib/tasks/index.js";

const piece = pianoRoll([[60, 64], [], [67]], "a piece");

describe("a transposed piece", () => {
  it("has every note so many semitones higher, rests as they were, and its name", () => {
    const up = transposed(piece, 3);
    expect([0, 1, 2].map((t) => [...notesAt(up, t)])).toEqual([[63, 67], [], [70]]);
    expect(up.name).toBe("a piece");
    expect(transposed(up, -3)).toEqual(piece);
    expect(transposed(piece, 0)).toBe(piece);
  });

  it("is refused beyond MIDI's notes, and by a shift that is no whole number", () => {
    expect(() => transposed(piece, 61)).toThrow(
      "transpose: expected notes within 0 … 127, got 128 in a piece; shift it less",
    );
    expect(() => transposed(piece, 0.5)).toThrow("expected a whole number of semitones, got 0.5");
  });
});

describe("random transposition", () => {
  it("stays within the keys: the shifts that a piece has room for", () => {
    expect(possibleShifts(piece, { lowestNote: 58, keys: 12 }, 5)).toEqual({
      lowest: -2,
      highest: 2,
    });
    expect(possibleShifts(pianoRoll([[]]), { lowestNote: 58, keys: 12 }, 5)).toEqual({
      lowest: 0,
      highest: 0,
    });
  });

  it("draws all shifts about evenly, and each piece's by itself", () => {
    const keys = { lowestNote: 21, keys: 88 };
    const shifted = randomlyTransposed(new Array(2200).fill(piece), keys, 5, generator(1, "x"));
    const counts = new Map<number, number>();
    for (const { notes } of shifted)
      counts.set(notes[0] - 60, (counts.get(notes[0] - 60) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([
      -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5,
    ]);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  it("is a function of seed and epoch in a task, and touches training pieces alone", () => {
    const task = taskOf(syntheticChorales());
    const options = { batchSize: 4, maxSteps: 50, seed: 1, epoch: 1 };
    const columns = (more: object) =>
      [...task.epoch({ ...options, ...more }).batches].map(({ input }) =>
        input.kind === "sparse" ? [...input.columns] : [],
      );
    expect(columns({ transpose: 5 })).toEqual(columns({ transpose: 5 }));
    expect(columns({ transpose: 5 })).not.toEqual(columns({}));
    expect(columns({ transpose: 5 })).not.toEqual(columns({ transpose: 5, epoch: 2 }));
    expect(columns({ transpose: 5 }).map((c) => c.length)).toEqual(
      columns({}).map((c) => c.length),
    );
  });
});
