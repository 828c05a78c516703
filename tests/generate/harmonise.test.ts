import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { highestNotes, notesAt, pianoRoll } from "../../lib/data/piano-roll.js";
import { harmonise } from "../../lib/generate/harmonise.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli, gaussian, nade, type Output } from "../../lib/outputs/index.js";

const melody = pianoRoll([[67], [69], [], [72], [71]], "a tune");
const trained = (output: Output) => {
  const m = model(gru, 24, 6, output);
  const { parameters } = initialState(m, 3);
  const b = parameters.get("b_y") as Float32Array;
  b.subarray(0, 24).fill(-1.5);
  const units = { kind: "music", lowestNote: 52, stepsPerQuarter: 1 } as const;
  return { model: m, parameters, units };
};

describe("harmonising", () => {
  it.each<[string, Output, boolean]>([
    ["independent keys", bernoulli(24), true],
    ["NADE from high to low", nade(24, 5, { order: "high-to-low" }), true],
    ["NADE from low to high", nade(24, 5), false],
  ])("keeps the melody on top of every chord: %s", async (_, output, isExact) => {
    const made = await harmonise(trained(output), melody, { seed: 2 });
    expect(made.isExact).toBe(isExact);
    if (isExact) expect(made.effectiveCandidates).toBe(1);
    else {
      expect(made.effectiveCandidates).toBeGreaterThan(1.5);
      expect(made.effectiveCandidates).toBeLessThanOrEqual(32);
    }
    expect(made.roll.length).toBe(5);
    const top = highestNotes(made.roll);
    for (const t of [0, 1, 3, 4]) expect([...notesAt(top, t)]).toEqual([...notesAt(melody, t)]);
    expect(made.roll.notes.length).toBeGreaterThan(melody.notes.length); // something was put below it
  });

  it("is a function of the seed", async () => {
    const one = trained(nade(24, 5));
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => harmonise(one, melody, { seed })));
    expect(a).toEqual(b);
    expect(a.roll.notes).not.toEqual(c.roll.notes);
  });

  it("refuses other models, notes outside the keys, no melody, and no candidates", async () => {
    const one = trained(nade(24, 5));
    await expect(harmonise(one, pianoRoll([[20]]))).rejects.toThrow(
      "harmonise: expected notes from 52 to 75, got 20",
    );
    await expect(harmonise(one, pianoRoll([]))).rejects.toThrow("a melody of at least one step");
    await expect(harmonise(one, melody, { candidates: 0 })).rejects.toThrow("got 0");
    await expect(harmonise(trained(gaussian(24)), melody)).rejects.toThrow("a model of music");
  });
});
