import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { defaultEngine, stream } from "../../lib/engines/index.js";
import { listen } from "../../lib/look/listen.js";
import { surprise } from "../../lib/look/surprise.js";
import { tracePiece } from "../../lib/look/trace.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/bernoulli.js";
import { categorical } from "../../lib/outputs/categorical.js";
import { keyChances } from "../../lib/outputs/evaluate.js";
import { nade } from "../../lib/outputs/nade.js";

const keys = 12;
const lowestNote = 60;
const trained = model(gru, keys, 5, bernoulli(keys));
const { parameters } = initialState(trained, 3);
const piece = pianoRoll([[60, 64], [62], [], [60, 67, 71], [65]]);
const units = { kind: "music", lowestNote, stepsPerQuarter: 1 } as const;

describe("listening to a piece", () => {
  it("pays at each step what the engine's scores of its beginnings say", async () => {
    const network = await stream({ model: trained, parameters });
    const heard = listen(network, piece, lowestNote);
    const paid = await surprise({ model: trained, parameters, units }, piece);
    expect(heard.steps).toBe(4);
    heard.surprise.forEach((nats, t) => {
      expect(nats).toBeCloseTo(paid[t], 4);
    });
    network.close();
  });

  it.each([
    bernoulli(keys),
    nade(keys, 3),
    nade(keys, 3, { order: "high-to-low", condition: "keys" }),
  ])(
    "expects of keys what the NLL is made of, by output %#: − Σ ln p of what sounds, and of what does not",
    async (output) => {
      const of = model(gru, keys, 5, output);
      const { parameters } = initialState(of, 3);
      const network = await stream({ model: of, parameters });
      const heard = listen(network, piece, lowestNote, parameters);
      const paid = await surprise({ model: of, parameters, units }, piece);
      [[2], [], [0, 7, 11], [5]].forEach((sounding, t) => {
        let nll = 0;
        for (let k = 0; k < keys; k++) {
          const chance = heard.chances[t * keys + k];
          nll -= Math.log(sounding.includes(k) ? chance : 1 - chance);
        }
        expect(nll).toBeCloseTo(heard.surprise[t], 5);
        expect(nll).toBeCloseTo(paid[t], 4);
      });
      network.close();
    },
  );

  it("by NADE knows the keys before, and no others", async () => {
    const of = model(gru, keys, 5, nade(keys, 3));
    const { parameters } = initialState(of, 3);
    const readout = new Float64Array(keys + 3).fill(0.1);
    const chances = (...sounding: number[]) => {
      const target = new Float64Array(keys);
      for (const key of sounding) target[key] = 1;
      return keyChances(of.output, readout, target, parameters);
    };
    const [none, fifth] = [chances(), chances(5)];
    expect(fifth.slice(0, 6)).toEqual(none.slice(0, 6));
    for (let k = 6; k < keys; k++) expect(fifth[k]).not.toBe(none[k]);
  });

  it("has the gates that a trace has, and begins anew at every piece", async () => {
    const network = await stream({ model: trained, parameters });
    listen(network, piece, lowestNote);
    const { gates } = listen(network, piece, lowestNote);
    const trace = await tracePiece(
      { model: trained, parameters, units },
      piece,
      await defaultEngine(),
    );
    expect([...gates.keys()]).toEqual(expect.arrayContaining(["r", "z", "h"]));
    for (const [name, values] of gates)
      values.forEach((value, i) => {
        expect(value).toBeCloseTo((trace.values.get(name) as Float32Array)[i], 5);
      });
    network.close();
  });

  it("refuses what is no music: a piece of one step, a model of classes, notes outside the keys", async () => {
    const network = await stream({ model: trained, parameters });
    expect(() => listen(network, pianoRoll([[60]]), lowestNote)).toThrow(
      "listen: expected two steps or more, got 1",
    );
    expect(() => listen(network, pianoRoll([[90], [60]]), lowestNote)).toThrow();
    const other = model(gru, keys, 5, categorical(keys));
    const classes = await stream({ model: other, parameters: initialState(other, 1).parameters });
    expect(() => listen(classes, piece, lowestNote)).toThrow(
      "listen: expected a model of keys, got one of categorical",
    );
  });
});
