import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { noteName, pianoRollPicture } from "../../lib/show/piano-roll-picture.js";
import { toSvg } from "../../lib/show/picture.js";

const cadence = pianoRoll([[60, 64, 67], [60, 65], [60, 65, 69], [], [60]], "a cadence");

describe("a picture of a piano-roll", () => {
  it("has one bar for a note however many steps it sounds", () => {
    const { data } = pianoRollPicture(cadence);
    expect(data).toEqual({
      values: [
        { note: 60, name: "C4", start: 0, end: 3, above: 61 },
        { note: 64, name: "E4", start: 0, end: 1, above: 65 },
        { note: 67, name: "G4", start: 0, end: 1, above: 68 },
        { note: 65, name: "F4", start: 1, end: 3, above: 66 },
        { note: 69, name: "A4", start: 2, end: 3, above: 70 },
        { note: 60, name: "C4", start: 4, end: 5, above: 61 },
      ],
    });
  });

  it("cuts bars at the ends of the part that it shows", () => {
    const { data, title } = pianoRollPicture(cadence, { from: 1, to: 2 });
    expect(data).toMatchObject({
      values: [
        { note: 60, start: 1, end: 2 },
        { note: 65, start: 1, end: 2 },
      ],
    });
    expect(title).toEqual({ text: "a cadence", subtitle: "step 2 of 5" });
  });

  it("names its axes with units and its octaves", async () => {
    const svg = await toSvg(pianoRollPicture(cadence, { stepUnit: "quarter notes" }));
    for (const words of ["time (quarter notes)", "pitch (MIDI note number)", "C4 (60)"])
      expect(svg).toContain(words);
  });

  it("shows at most 2,000 bars of a long piece, and says how far that is", () => {
    const long = pianoRoll(
      Array.from({ length: 5000 }, (_, t) => [60 + (t % 2), 64, 70 + (t % 2)]),
    );
    const { data, title } = pianoRollPicture(long);
    expect((data as { values: unknown[] }).values).toHaveLength(1 + 2 * 999);
    expect(title).toMatchObject({ subtitle: "steps 1–999 of 5000" });
  });

  it("can show silence", async () => {
    expect(await toSvg(pianoRollPicture(pianoRoll([[], []])))).toContain("C4 (60)");
  });

  it.each([[{ from: 3, to: 3 }], [{ from: -1 }], [{ to: 6 }], [{ from: 0.5 }]])(
    "refuses steps that the piece does not have: %j",
    (part) => {
      expect(() => pianoRollPicture(cadence, part)).toThrow(/expected steps within 0 … 5, got/);
    },
  );

  it("names notes as scientific pitch does", () => {
    expect([21, 60, 61, 108].map(noteName)).toEqual(["A0", "C4", "C#4", "C8"]);
  });
});
