import { describe, expect, it } from "vitest";
import { midiBytes, pianoRoll, syntheticChorales } from "../../../lib/browser.js";
import { datasetOf, factsOf, readFiles } from "../../../notebooks/live/data-sets.ts";

const file = (name: string, steps: number, low = 60) => ({
  name,
  bytes: midiBytes(pianoRoll(Array.from({ length: steps }, (_, t) => [low + (t % 12)]))),
});

describe("files that are dropped on the page", () => {
  it("are cut into parts where they are few: each step is in one of them", async () => {
    const { source, facts, notes } = await readFiles([file("one.mid", 100)]);
    if (source.kind !== "pieces") throw new Error("expected pieces");
    const all = Object.values(source.sets).flat();
    expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(100);
    expect(facts.pieces).toEqual({ train: 6, valid: 2, test: 2 });
    expect(facts.voices).toEqual({ most: 1, share: 1 });
    expect(notes[0]).toMatch(/^one piece is cut into 10 parts of 10 steps/);
    const { valid, test } = source.sets;
    expect(valid.some((part) => test.includes(part))).toBe(false);
  });

  it("are split as the library splits a folder where they are many", async () => {
    const many = Array.from({ length: 12 }, (_, i) => file(`${i}.mid`, 20, 50 + i));
    const { facts, notes } = await readFiles([...many, { ...many[3], name: "again.mid" }]);
    expect(facts.pieces).toEqual({ train: 10, valid: 1, test: 1 });
    expect(notes).toEqual(["1 pieces came twice: kept once"]);
    expect(facts.baselines.map(({ name }) => name)).toEqual(["bernoulli", "markov"]);
    expect(facts.entropyPerStep).toBeUndefined();
  });

  it("give the same set in every worker, by its checksum", async () => {
    const { source } = await readFiles([file("one.mid", 100)]);
    expect(datasetOf(structuredClone(source)).checksum).toBe(datasetOf(source).checksum);
  });

  it("that are none are told with the reader's own words, and too short ones with what is missing", async () => {
    await expect(readFiles([{ name: "no.mid", bytes: Uint8Array.of(1, 2, 3) }])).rejects.toThrow(
      /^no\.mid: at byte 0/,
    );
    await expect(readFiles([file("short.mid", 10)])).rejects.toThrow(
      "expected music of at least 24 eighth notes, got 10; drop a longer piece, or several",
    );
    await expect(readFiles([{ name: "x.pickle", bytes: Uint8Array.of(1) }])).rejects.toThrow(
      /^x\.pickle/,
    );
  });
});

describe("what is shown of a data set", () => {
  it("has the composer's entropy of synthetic chorales below both baselines", () => {
    const { baselines, entropyPerStep = 0, examples } = factsOf(syntheticChorales(2));
    for (const { nllPerStep } of baselines) expect(nllPerStep).toBeGreaterThan(entropyPerStep);
    expect(examples.length).toBeGreaterThan(3);
  });
});
