import { describe, expect, test } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { baselines } from "../../lib/data/baselines.js";
import { bucketedBatches } from "../../lib/data/batches.js";
import type { MusicDataset, SpeechDataset, Waveform } from "../../lib/data/dataset.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import {
  checkDataset,
  checkPredictableSteps,
  hasPredictableStep,
} from "../../lib/data/predictable-steps.js";
import { speechBaselines } from "../../lib/data/speech-baselines.js";
import type { Engine } from "../../lib/engines/engine.js";
import { train } from "../../lib/train/train.js";

const two = pianoRoll([[60], [61]]);
const one = pianoRoll([[60]]);
const none = pianoRoll([]);

const music = (splits: Partial<MusicDataset> = {}): MusicDataset => ({
  kind: "music",
  name: "small",
  title: "Small",
  synthetic: true,
  lowestNote: 21,
  keys: 88,
  checksum: "0",
  train: [two],
  valid: [two],
  test: [two],
  ...splits,
});

const waveform = (length: number): Waveform => ({
  name: "w",
  length,
  read: () => new Float32Array(length),
});
const speech = (train: number, valid: number, test: number): SpeechDataset => ({
  kind: "speech",
  name: "words",
  title: "Words",
  synthetic: false,
  sampleRateHz: 8000,
  mean: 0,
  standardDeviation: 1,
  checksum: "0",
  train: [waveform(train)],
  valid: [waveform(valid)],
  test: [waveform(test)],
});

/** An engine that must not be reached. */
const unreachable: Engine = {
  name: "unreachable",
  build: "none",
  open: () => Promise.reject(new Error("something was computed")),
};

describe("a split without a predictable step", () => {
  const sets: [string, MusicDataset | SpeechDataset, RegExp][] = [
    ["no pieces", music({ train: [] }), /small: .* got none in train; .*two time steps: add/],
    ["pieces without notes", music({ valid: [none, none] }), /got none in valid;/],
    ["pieces of one step", music({ test: [one] }), /got none in test;/],
    ["one in each", music({ train: [none], valid: [one] }), /got none in train and valid;/],
    ["speech below a window", speech(30, 30, 29), /words: .* got none in test; .*30 samples/],
    ["silence of no length", speech(0, 0, 0), /got none in train and valid and test;/],
  ];
  test.each(sets)("ends training before an engine is opened: %s", async (_, dataset, message) => {
    const run = train({ dataset, cell: gru, engine: unreachable, hiddenSize: 2, epochs: 1 });
    await expect(run).rejects.toMatchObject({ code: "usage" });
    await expect(run).rejects.toThrow(message);
  });

  test.each(sets)("ends the baselines: %s", (_, dataset, message) => {
    expect(() =>
      dataset.kind === "music" ? baselines(dataset) : speechBaselines(dataset),
    ).toThrow(message);
  });

  test("is one without a single one: an empty piece beside another is no harm", () => {
    expect(() => checkDataset(music({ train: [none, one, two] }))).not.toThrow();
    expect(() => checkDataset(speech(30, 30, 30))).not.toThrow();
  });
});

describe("a task of one's own", () => {
  const batches = (rolls: Parameters<typeof bucketedBatches>[0]) =>
    bucketedBatches(rolls, { lowestNote: 21, keys: 88 }, { batchSize: 2 });

  test("is asked for a batch with a step, and for no more than that", () => {
    let asked = 0;
    function* many() {
      for (const batch of batches([two, two, two, two])) {
        asked++;
        yield batch;
      }
    }
    expect(hasPredictableStep(many())).toBe(true);
    expect(asked).toBe(1);
    expect(hasPredictableStep(batches([one, none]))).toBe(false);
  });

  test("is refused by the split that has none, with its own remedy", () => {
    const check = () =>
      checkPredictableSteps("mine", (split) => split !== "valid", "label more of it");
    expect(check).toThrow(/^mine: expected a predictable step .* got none in valid; label more/);
  });
});
