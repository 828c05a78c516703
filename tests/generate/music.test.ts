import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { notesAt, pianoRoll } from "../../lib/data/piano-roll.js";
import { sampleMusic } from "../../lib/generate/music.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli, gaussianMixture } from "../../lib/outputs/index.js";

const keys = 4;
const small = model(gru, keys, 3, bernoulli(keys));

/** A model whose chances are the same at every step. */
function constant(logits: readonly number[]) {
  const parameters = new Map(initialState(small, 1).parameters);
  parameters.set("W_y", new Float32Array(3 * keys));
  parameters.set("b_y", Float32Array.from(logits));
  return {
    model: small,
    parameters,
    units: { kind: "music", lowestNote: 60, stepsPerQuarter: 2 } as const,
  };
}

const share = async (options: { temperature: number }, key: number) => {
  const roll = await sampleMusic(constant([-2, 0, 1, 3]), { steps: 4000, seed: 5, ...options });
  return (
    Array.from({ length: roll.length }, (_, t) => notesAt(roll, t)).filter((notes) =>
      notes.includes(60 + key),
    ).length / roll.length
  );
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

it.each([1, 0.5, 2])(
  "keys sound as often as the model says, at temperature %d",
  async (temperature) => {
    for (const [key, logit] of [-2, 0, 1, 3].entries()) {
      const p = sigmoid(logit / temperature);
      expect(Math.abs((await share({ temperature }, key)) - p)).toBeLessThan(
        4 * Math.sqrt((p * (1 - p)) / 4000),
      );
    }
  },
);

it("at temperature 0 the likelier of sound and silence is always taken", async () => {
  const roll = await sampleMusic(constant([-2, -0.1, 1, 3]), { steps: 5, temperature: 0 });
  for (let t = 0; t < 5; t++) expect([...notesAt(roll, t)]).toEqual([62, 63]);
});

it("a seed gives the same piece again, another seed another", async () => {
  const trained = { model: small, parameters: initialState(small, 1).parameters };
  expect(await sampleMusic(trained, { seed: 3 })).toEqual(await sampleMusic(trained, { seed: 3 }));
  expect((await sampleMusic(trained, { seed: 4 })).notes).not.toEqual(
    (await sampleMusic(trained, { seed: 3 })).notes,
  );
  expect(Math.min(...(await sampleMusic(trained, { seed: 3 })).notes)).toBeGreaterThanOrEqual(21); // a piano's lowest key, unless it is told
});

it("what came before is heard: the primer, and the model's own notes", async () => {
  // key 0 sounds exactly when it did not sound a step before: h follows the input, the readout turns it round
  const parameters = new Map(initialState(small, 1).parameters);
  for (const [name, values] of parameters) parameters.set(name, new Float32Array(values.length));
  parameters.set("b_z", new Float32Array(3).fill(50)); // the state is the candidate
  parameters.set("W_c", Float32Array.from([50, 0, 0, ...new Array(9).fill(0)]));
  parameters.set("b_c", Float32Array.from([-25, 0, 0]));
  parameters.set("W_y", Float32Array.from([-50, -50, -50, -50, ...new Array(8).fill(0)]));
  const trained = {
    model: small,
    parameters,
    units: { kind: "music", lowestNote: 60, stepsPerQuarter: 2 } as const,
  };
  const sounds = async (primer: number[][]) => {
    const roll = await sampleMusic(trained, { steps: 4, primer: pianoRoll(primer) });
    return Array.from({ length: 4 }, (_, t) => notesAt(roll, t).includes(60));
  };
  expect(await sounds([[]])).toEqual([true, false, true, false]);
  expect(await sounds([[], [60]])).toEqual([false, true, false, true]);
});

it("a primer beyond the model's keys, no steps, no temperature and a model of speech are refused", async () => {
  const trained = constant([0, 0, 0, 0]);
  await expect(sampleMusic(trained, { primer: pianoRoll([[59]]) })).rejects.toThrow(
    "primer: expected notes from 60 to 63, got 59",
  );
  await expect(sampleMusic(trained, { steps: 0 })).rejects.toThrow("expected at least 1 step");
  await expect(sampleMusic(trained, { temperature: -1 })).rejects.toThrow(
    "expected a temperature from 0 on, got -1",
  );
  const speech = model(gru, 20, 3, gaussianMixture());
  await expect(
    sampleMusic({ model: speech, parameters: initialState(speech, 1).parameters }),
  ).rejects.toThrow("expected a model of music");
});
