import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { cellNamed } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { exercises } from "../../lib/show.js";
import { madeUpRecord } from "./records.js";

const loaded = createRequire(import.meta.url).cache;
const kernel = "/made/up/node_modules/tslab/dist/jupyter.js";
let said: string[];

beforeEach(() => {
  said = [];
  const lastWriteDisplayData = ({ data }: { data: Record<string, string> }) =>
    said.push(data["text/plain"]);
  loaded[kernel] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
});
afterEach(() => {
  delete loaded[kernel];
});

/** Whether an answer was called right; a hint is checked not to hold the answer. */
function judged(ask: () => void, answer?: string): boolean {
  ask();
  const words = said.at(-1) ?? "";
  if (answer !== undefined && !words.includes("Right")) expect(words).not.toContain(answer);
  return words.includes("Right");
}

const withoutReset = cell(
  "x",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, h));
    return { h: plus(times(oneMinus(z), h), times(z, tanh(affine("c", x, h)))) };
  },
);
/** The right parameters in the wrong places: the old state is what the gate writes. */
const wrongMix = cell(
  "x",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, h));
    return { h: plus(times(z, h), times(oneMinus(z), tanh(affine("c", x, h)))) };
  },
);
const uncoupled = cell("y", ({ input: x, hidden: h, previous, ...v }) => {
  const f = v.sigmoid(v.affine("f", x, h));
  const o = v.oneMinus(v.sigmoid(v.affine("o", x, h)));
  const c = v.plus(v.times(f, previous("c")), v.tanh(v.affine("c", x, h)));
  return { h: v.times(o, v.tanh(c)), c };
});
const coupled = cell("y", ({ input: x, hidden: h, previous, ...v }) => {
  const f = v.sigmoid(v.affine("f", x, h));
  const o = v.sigmoid(v.affine("o", x, h));
  const c = v.plus(v.times(f, previous("c")), v.times(v.oneMinus(f), v.tanh(v.affine("c", x, h))));
  return { h: v.times(o, v.tanh(c)), c };
});

describe("the exercises' checks", () => {
  it("know the right answers, and no others", () => {
    expect(judged(() => exercises.withoutReset(withoutReset))).toBe(true);
    expect(judged(() => exercises.withoutReset(gru))).toBe(false);
    expect(judged(() => exercises.coupledLstm(coupled))).toBe(true);
    expect(judged(() => exercises.withoutReset(wrongMix))).toBe(false);
    expect(judged(() => exercises.coupledLstm(uncoupled))).toBe(false);
    expect(judged(() => exercises.coupledLstm(lstm))).toBe(false);
    expect(judged(() => exercises.coupledLstm(gru))).toBe(false);

    const z = Float32Array.of(0.75, 0.25, 0.9, 0.9); // kept: 0.25, 0.75, 0.1, 0.1
    const gates = { hiddenSize: 2, values: new Map([["z", z]]) };
    expect(judged(() => exercises.keptShare(0.3, gates))).toBe(true);
    expect(judged(() => exercises.keptShare(0.7, gates), "0.3")).toBe(false);

    expect(judged(() => exercises.unitsForBudget(62, cellNamed("gru-no-reset")))).toBe(true); // 20,212; 61: 19,764
    for (const no of [46, 61, 63])
      expect(judged(() => exercises.unitsForBudget(no, cellNamed("gru-no-reset")))).toBe(false);
    expect(judged(() => exercises.unitsWithoutPeepholes(36))).toBe(true); // 19,728; 37: 20,424
    for (const no of [0, 35, 37, 100])
      expect(judged(() => exercises.unitsWithoutPeepholes(no), "36 ")).toBe(false);

    // the made-up curve: 8.5 + 5.5 e^(−i/6) + 0.05, i = epoch − 1, below 9 from i = 16 on
    const record = madeUpRecord("gru");
    expect(judged(() => exercises.firstBelow(17, record, 9))).toBe(true);
    for (const no of [0, 16, 18, 31])
      expect(judged(() => exercises.firstBelow(no, record, 9), "17")).toBe(false);

    expect(judged(() => exercises.bitsPerSample(-1.4716, -10.2))).toBe(true);
    for (const no of [0, 1.4716, -1.02, -14.7])
      expect(judged(() => exercises.bitsPerSample(no, -10.2), "1.47")).toBe(false);

    const seeds = (cellName: string, of: number[]) =>
      of.map((seed) => madeUpRecord(cellName, { seed }));
    // scores 8.8, 9.0 against 8.9, 9.1: three of four pairs
    expect(judged(() => exercises.pairsAhead(3, seeds("gru", [1, 3]), seeds("tanh", [2, 4])))).toBe(
      true,
    );
    expect(
      judged(() => exercises.pairsAhead(1, seeds("gru", [1, 3]), seeds("tanh", [2, 4])), "3"),
    ).toBe(false);

    // 8.8, 8.9, 9.3: the mean is 9.0
    const three = seeds("lstm", [1, 2, 6]);
    expect(judged(() => exercises.bestSeedGain(0.2, three))).toBe(true);
    for (const no of [0, -0.2, 0.5])
      expect(judged(() => exercises.bestSeedGain(no, three), "0.2")).toBe(false);

    expect(judged(() => exercises.smallestPValue(2 / 64, 6))).toBe(true);
    expect(judged(() => exercises.smallestPValue(1 / 64, 6), "0.03")).toBe(false);
    expect(judged(() => exercises.forgetShare(0.953, 3))).toBe(true);
    expect(judged(() => exercises.forgetShare(0.047, 3), "0.95")).toBe(false);

    const notes = Array.from({ length: 32 }, () => [60]);
    expect(judged(() => exercises.careful(pianoRoll(notes, "GRU, temperature 0.75")))).toBe(true);
    expect(judged(() => exercises.careful(pianoRoll(notes, "GRU")))).toBe(false);
    expect(judged(() => exercises.careful(pianoRoll([[60]], "GRU, temperature 0.75")))).toBe(false);
  });
});
