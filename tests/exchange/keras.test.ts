import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { cellNamed } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { tanh } from "../../lib/cells/tanh.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { lstmNoPeepholes } from "../../lib/cells/zoo/lstm-no-peepholes.js";
import { importKeras, kerasWeights } from "../../lib/exchange/keras.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { randomModel, stateOf } from "../oracle/examples.js";
import { distance, fixture, tensorsOf } from "./fixture.js";

/** Made by tests/fixtures/make_keras.py with Keras 3.15: layers with all biases, a sequence, and what they answer. */
const keras = fixture("keras");
const cases = keras.models.map(({ cell, layers }, k) => ({ cell, layers, k }));
const output = bernoulli(5);
const deep = (cell: string, layers: number) => stack(...new Array(layers).fill(cellNamed(cell)));

it.each(cases)(
  "Keras' $cell of $layers layers answers as Keras does, and goes out as it came in",
  async ({ cell, layers, k }) => {
    const tensors = tensorsOf(keras.models[k]);
    const imported = importKeras({ tensors }, { cell: deep(cell, layers), output });
    expect(await distance(imported, keras, k)).toBeLessThan(1e-6);
    const { tensors: back } = kerasWeights(imported);
    expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { shape, values }] of tensors) {
      expect(back.get(name)?.shape).toEqual(shape);
      // of reset_after's two biases, those of z and r only add up
      const kept = shape.length === 2 && name.endsWith("/bias") ? 20 : 0;
      if (kept === 0) expect(back.get(name)?.values).toEqual(values);
      else expect(back.get(name)?.values.slice(kept)).toEqual(values.slice(kept));
    }
  },
);

it.each([tanh, lstmNoPeepholes, gruAfter, gru, stack(gru, lstmNoPeepholes)])(
  "$name comes back from Keras' names to the bit",
  (cell) => {
    const { model: m, weights } = randomModel(cell, 5, 4, 3, output);
    const { parameters } = stateOf(m, weights);
    const back = importKeras(kerasWeights({ model: m, parameters, data: "d", run: "r" }), { cell });
    for (const [name, values] of parameters) expect(back.parameters.get(name)).toEqual(values);
  },
);

describe("refused are", () => {
  it("peepholes, which Keras has not", () => {
    const m = model(lstm, 5, 4, output);
    const { parameters } = initialState(m, 1);
    expect(() => kerasWeights({ model: m, parameters, data: "d", run: "r" })).toThrow(
      "keras.layers.LSTM has no peepholes; train lstm-no-peepholes for it",
    );
  });

  it("the GRU's weights of the other reset gate, and missing ones", () => {
    const tensors = tensorsOf(keras.models[4]);
    expect(() => importKeras({ tensors }, { cell: gru, output })).toThrow(
      "keras: expected rnn/bias [12], got [2, 12]",
    );
    expect(() => importKeras({ tensors: new Map() }, { cell: gru, output })).toThrow(
      "keras: expected output/kernel, got none",
    );
  });
});
