import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { tanh } from "../../lib/cells/tanh.js";
import { batchOf } from "../../lib/data/batches.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { reference } from "../../lib/engines/reference/index.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { pytorchWeights } from "../../lib/train/pytorch.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/train/safetensors.js";

/** Made by tests/fixtures/make_pytorch.py: a torch.nn.RNN with a torch.nn.Linear, a sequence of keys, and what they answer. */
const fixture: {
  keys: number[][];
  state: Record<string, { shape: number[]; values: number[] }>;
  hidden: number[][];
  logits: number[][];
} = JSON.parse(readFileSync(new URL("../fixtures/pytorch.json", import.meta.url), "utf8"));

const [inputs, hiddenSize] = [5, 4];
const small = model(tanh, inputs, hiddenSize, bernoulli(inputs));

/** Torch's matrix [made, read] at our place [read, made]. */
function turned(name: string): Float32Array {
  const { shape, values } = fixture.state[name];
  const [made, read] = shape;
  return Float32Array.from(values, (_, i) => values[(i % made) * read + Math.floor(i / made)]);
}

const parameters = new Map([
  ["W_h", turned("rnn.weight_ih_l0")],
  ["U_h", turned("rnn.weight_hh_l0")],
  ["b_h", Float32Array.from(fixture.state["rnn.bias_ih_l0"].values)],
  ["W_y", turned("output.weight")],
  ["b_y", Float32Array.from(fixture.state["output.bias"].values)],
]);
const trained = { model: small, parameters, data: "jsb", run: "0123456789abcdef" };

it("a tanh model's export is the state of torch's modules, name by name and bit by bit", () => {
  const { tensors, metadata } = decodeSafetensors(encodeSafetensors(pytorchWeights(trained)), "w");
  expect(metadata.format).toBe("pt");
  const expected = Object.entries(fixture.state).map(([name, { shape, values }]) => [
    name,
    shape,
    Float32Array.from(values),
  ]);
  const got = [...tensors].map(([name, { shape, values }]) => [name, shape, values]);
  expect(got).toEqual(expect.arrayContaining(expected));
  expect(got).toHaveLength(expected.length);
});

it("and it is the same model: here it has torch's hidden states", async () => {
  const session = await (await reference("cpu")).open(small, {
    ...initialState(small, 1),
    parameters,
  });
  const roll = pianoRoll([...fixture.keys, []].map((keys) => keys.map((key) => 60 + key)));
  const { values } = await session.trace(batchOf([roll], { lowestNote: 60, keys: inputs }));
  await session.close();
  const hidden = values.get("h") as Float32Array;
  fixture.hidden.flat().forEach((value, i) => {
    expect(hidden[i]).toBeCloseTo(value, 5);
  });
});

it.each([
  [gru, "torch.nn.GRU applies the reset gate after the recurrent product"],
  [lstm, "torch.nn.LSTM has no peepholes"],
])("a model of another cell is refused with the reason", (cell, reason) => {
  const other = model(cell, inputs, hiddenSize, bernoulli(inputs));
  const weights = { ...trained, model: other, parameters: initialState(other, 1).parameters };
  expect(() => pytorchWeights(weights)).toThrow(
    `pytorch: expected a tanh model, got ${cell.name}: ${reason}`,
  );
});
