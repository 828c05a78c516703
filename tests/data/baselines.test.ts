import { describe, expect, it } from "vitest";
import { prepareMusic } from "../../data-prep/prepare.js";
import { baselines } from "../../lib/data/baselines.js";
import { type MusicDataset, splits } from "../../lib/data/dataset.js";
import { loadMusic } from "../../lib/data/music.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { newFolder } from "../data-prep/server.js";
import { mirror, withoutMirror } from "./mirror.js";

/** Two keys, 60 and 61. */
const small: MusicDataset = {
  kind: "music",
  name: "small",
  title: "Small",
  synthetic: true,
  lowestNote: 60,
  keys: 2,
  checksum: "",
  train: [pianoRoll([[60], [60], [61], [60, 61]]), pianoRoll([[], [61]]), pianoRoll([[60, 61]])],
  valid: [pianoRoll([[60], [60, 61]])],
  test: [pianoRoll([[61], [], [60]]), pianoRoll([[60], [60]])],
};

describe("baselines", () => {
  const [bernoulli, markov] = baselines(small);

  it("count the predicted steps alone and smooth by adding one: Bernoulli by hand", () => {
    // four predicted training steps: 60 sounds in two of them, 61 in three
    const p60 = 3 / 6;
    const p61 = 4 / 6;
    expect(bernoulli.valid.nllPerStep).toBeCloseTo(-Math.log(p60) - Math.log(p61), 12);
    const first = [-Math.log(1 - p60) - Math.log(1 - p61), -Math.log(p60) - Math.log(1 - p61)];
    const second = -Math.log(p60) - Math.log(1 - p61);
    expect(bernoulli.test.nllPerStep).toBeCloseTo((first[0] + first[1] + second) / 3, 12);
    expect(bernoulli.test.nllPerSequence).toBeCloseTo(((first[0] + first[1]) / 2 + second) / 2, 12);
  });

  it("ask whether the key sounded one step before: Markov by hand", () => {
    // 60 before: on, on, off | off -> on, off, on | off; 61 before: off, off, on | off -> off, on, on | on
    const p60 = { on: (1 + 1) / (2 + 2), off: (1 + 1) / (2 + 2) };
    const p61 = { on: (1 + 1) / (1 + 2), off: (2 + 1) / (3 + 2) };
    expect(markov.valid.nllPerStep).toBeCloseTo(-Math.log(p60.on) - Math.log(p61.off), 12);
    const first = [
      -Math.log(1 - p60.off) - Math.log(1 - p61.on),
      -Math.log(p60.off) - Math.log(1 - p61.off),
    ];
    const second = -Math.log(p60.on) - Math.log(1 - p61.off);
    expect(markov.test.nllPerStep).toBeCloseTo((first[0] + first[1] + second) / 3, 12);
    expect(markov.test.nllPerSequence).toBeCloseTo(((first[0] + first[1]) / 2 + second) / 2, 12);
  });

  it("leave pieces with nothing to predict out of sums and counts", () => {
    const withSingles = { ...small, test: [...small.test, pianoRoll([[60, 61]]), pianoRoll([])] };
    expect(baselines(withSingles)[1].test).toEqual(markov.test);
  });

  it("give a finite NLL for keys that never sounded in training", () => {
    const silent = { ...small, train: [pianoRoll([[60], [60]])] };
    for (const baseline of baselines(silent))
      for (const split of splits) expect(Number.isFinite(baseline[split].nllPerStep)).toBe(true);
  });

  it.skipIf(!mirror)(
    `score the JSB Chorales at 11.092 and 10.492 nats per step${withoutMirror}`,
    async () => {
      const folder = newFolder();
      await prepareMusic(["jsb"], { folder, mirror: mirror as string, offline: true });
      for (const dims of ["piano", "paper"] as const) {
        const [independent, chained] = baselines(await loadMusic("jsb", { folder, dims }));
        expect(independent.test.nllPerStep).toBeCloseTo(11.092, dims === "piano" ? 3 : 2);
        expect(chained.test.nllPerStep).toBeCloseTo(10.492, dims === "piano" ? 3 : 2);
      }
    },
  );
});
