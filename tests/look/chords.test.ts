import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { chordStatistics, distance } from "../../lib/look/chords.js";

describe("chord statistics", () => {
  const rolls = [pianoRoll([[48, 64, 67, 72], [48, 64, 67, 72], [], [50]])];

  it("count voices, intervals between neighbours, and chords above their lowest note, by hand", () => {
    const { steps, voices, intervals, chords } = chordStatistics(rolls);
    expect(steps).toBe(4);
    expect([...voices]).toEqual([
      ["4", 0.5],
      ["0", 0.25],
      ["1", 0.25],
    ]);
    expect([...intervals]).toEqual([
      ["16", 1 / 3],
      ["3", 1 / 3],
      ["5", 1 / 3],
    ]);
    expect([...chords]).toEqual([
      ["0 4 7", 2 / 3],
      ["0", 1 / 3],
    ]);
  });

  it("are apart by 0 from themselves, by 1 from what shares nothing", () => {
    const { voices } = chordStatistics(rolls);
    expect(distance(voices, voices)).toBe(0);
    expect(distance(voices, new Map([["9", 1]]))).toBe(1);
    expect(distance(new Map([["4", 1]]), voices)).toBeCloseTo(0.5, 12);
  });
});
