import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { batchOf } from "../../lib/data/batches.js";
import { beginningOf, pianoRoll } from "../../lib/data/piano-roll.js";
import { openEngine } from "../../lib/engines/index.js";
import { surprise } from "../../lib/look/surprise.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/bernoulli.js";
import { gaussianMixture } from "../../lib/outputs/gaussian-mixture.js";

const piece = pianoRoll([[60, 64], [62], [], [64, 67], [60]], "five steps");
const units = { kind: "music", lowestNote: 60, stepsPerQuarter: 1 } as const;

it("is what each step costs: its mean is the piece's NLL per step, and a beginning costs the same", async () => {
  const engine = await openEngine("native-wasm");
  const music = model(gru, 12, 5, bernoulli(12));
  const { parameters } = initialState(music, 3);
  const trained = { model: music, parameters, units };
  const paid = await surprise(trained, piece, engine);
  expect(paid).toHaveLength(4);
  const session = await engine.open(music, initialState(music, 3));
  const [whole] = await session.evaluate(batchOf([piece], { lowestNote: 60, keys: 12 }));
  expect(paid.reduce((a, b) => a + b)).toBeCloseTo(whole.nll, 4);
  const beginning = await surprise(trained, beginningOf(piece, 3), engine);
  expect([...beginning]).toEqual([
    expect.closeTo(paid[0], 4) as number,
    expect.closeTo(paid[1], 4) as number,
  ]);
  // a fresh network says about a half for every key
  for (const nats of paid) expect(Math.abs(nats / (12 * Math.LN2) - 1)).toBeLessThan(0.1);
  await session.close();
});

it("the beginning of a piece is a piece of its own", () => {
  const two = beginningOf(piece, 2);
  expect([two.length, [...two.offsets], [...two.notes]]).toEqual([2, [0, 2, 3], [60, 64, 62]]);
  expect(beginningOf(piece, 99).length).toBe(5);
  expect(() => beginningOf(piece, 0)).toThrow("a whole number of steps from 1, got 0");
});

it("is asked of models of music only", async () => {
  const speech = model(gru, 20, 5, gaussianMixture());
  const { parameters } = initialState(speech, 1);
  const sound = { kind: "speech", sampleRateHz: 8000, mean: 0, standardDeviation: 1 } as const;
  await expect(surprise({ model: speech, parameters, units: sound }, piece)).rejects.toThrow(
    "expected a model of music, got another",
  );
});
