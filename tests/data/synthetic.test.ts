import { describe, expect, it } from "vitest";
import { baselines } from "../../lib/data/baselines.js";
import {
  choraleNotes,
  composeChorale,
  composerNll,
  firstState,
  nextState,
  soundProbability,
  turnProbability,
  turns,
} from "../../lib/data/chorale-composer.js";
import { splits } from "../../lib/data/dataset.js";
import { choraleEntropyPerStep, syntheticChorales } from "../../lib/data/synthetic.js";
import { generator } from "../../lib/random/generator.js";

const dataset = syntheticChorales();

describe("synthetic chorales", () => {
  it("are a data set of the size and look of the JSB Chorales, and say that they are synthetic", () => {
    expect(splits.map((split) => dataset[split].length)).toEqual([229, 76, 77]);
    expect(dataset).toMatchObject({
      name: "synthetic",
      title: "Synthetic chorales",
      synthetic: true,
      lowestNote: 21,
      keys: 88,
    });
    const rolls = splits.flatMap((split) => dataset[split]);
    const steps = rolls.reduce((sum, roll) => sum + roll.length, 0);
    expect(rolls.reduce((sum, roll) => sum + roll.notes.length, 0) / steps).toBeGreaterThan(3.5);
    expect(rolls.reduce((sum, roll) => sum + roll.notes.length, 0) / steps).toBeLessThan(4.5);
    expect(Math.min(...rolls.map((roll) => roll.length))).toBeGreaterThanOrEqual(25);
    expect(Math.max(...rolls.map((roll) => roll.length))).toBeLessThanOrEqual(160);
  });

  it("are the same for the same seed and others for another", () => {
    expect(syntheticChorales(1).checksum).toBe(dataset.checksum);
    expect(syntheticChorales(2).checksum).not.toBe(dataset.checksum);
  });

  it("have no piece twice", () => {
    const texts = splits.flatMap((split) => dataset[split].map((roll) => `${roll.notes}`));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("cost their composer its entropy, within four standard errors, over 3,000 pieces of one length", () => {
    const length = 48;
    const random = generator(7, "monte carlo");
    const nll = Array.from(
      { length: 3000 },
      () => composerNll(composeChorale(length, random, "")) / (length - 1),
    );
    const mean = nll.reduce((a, b) => a + b, 0) / nll.length;
    const variance = nll.reduce((a, b) => a + (b - mean) ** 2, 0) / (nll.length - 1);
    const standardError = Math.sqrt(variance / nll.length);
    expect(standardError).toBeLessThan(0.01);
    expect(Math.abs(mean - choraleEntropyPerStep([length]))).toBeLessThan(4 * standardError);
  });

  it("have the entropy of two steps that can be added up by hand over the first step's outcomes", () => {
    // step 2 of a piece: same chord, second step; every upper key sounded in step 1 with its own chance, independently
    const second = nextState(firstState, false);
    const entropy = (p: number) =>
      p === 0 || p === 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    const byHand = choraleNotes.reduce((sum, note) => {
      const before = soundProbability(firstState, note, false);
      return (
        sum +
        before * entropy(soundProbability(second, note, true)) +
        (1 - before) * entropy(soundProbability(second, note, false))
      );
    }, 0);
    expect(choraleEntropyPerStep([2])).toBeCloseTo(byHand, 12);
  });

  it("are scored by the baselines above the entropy", () => {
    for (const baseline of baselines(dataset))
      for (const split of splits)
        expect(baseline[split].nllPerStep).toBeGreaterThan((dataset.entropyPerStep as number) + 1);
  });

  it("turn to the first successor as often as their bass has the third", () => {
    const random = generator(3, "turns");
    const state = { chord: 1, phraseStep: 3 };
    const notes = () =>
      choraleNotes.filter((note) => random.uniform() < soundProbability(state, note, false));
    const turned =
      Array.from({ length: 4000 }, notes).filter((step) => turns(state, step)).length / 4000;
    expect(turned).toBeCloseTo(turnProbability(state), 1);
    expect(nextState(state, true)).toEqual({ chord: 4, phraseStep: 4 });
    expect(nextState(state, false)).toEqual({ chord: 6, phraseStep: 4 });
  });

  it("end every phrase on V, I and begin the next on I", () => {
    let state = firstState;
    const chordAt: number[] = [];
    const random = generator(5, "phrases");
    for (let t = 0; t < 64; t++) {
      chordAt[t] = state.chord;
      state = nextState(state, random.uniform() < 0.5);
    }
    for (let phrase = 0; phrase < 64; phrase += 16) {
      expect(chordAt[phrase]).toBe(0);
      expect(chordAt.slice(phrase + 12, phrase + 16)).toEqual([4, 4, 0, 0]);
    }
  });
});
