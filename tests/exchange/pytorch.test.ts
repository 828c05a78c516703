import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { cellNamed } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { tanh } from "../../lib/cells/tanh.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { lstmNoPeepholes } from "../../lib/cells/zoo/lstm-no-peepholes.js";
import { importPytorch, pytorchWeights } from "../../lib/exchange/pytorch.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli, gaussian } from "../../lib/outputs/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/train/safetensors.js";
import { randomModel, relativeError, stateOf } from "../oracle/examples.js";
import { distance, fixture, tensorsOf } from "./fixture.js";

/** Made by tests/fixtures/make_pytorch.py with torch 2.13: modules with both biases, a sequence, and what they answer. */
const torch = fixture("pytorch");
const cases = torch.models.map(({ cell, layers }, k) => ({ cell, layers, k }));
const output = bernoulli(5);

describe.each(cases)("torch's $cell of $layers layers", ({ cell, layers, k }) => {
  const tensors = tensorsOf(torch.models[k]);
  const imported = importPytorch({ tensors }, { cell: cellNamed(cell), output });

  it("imported, answers as torch does", async () => {
    expect(imported.model.cell.layers?.length ?? 1).toBe(layers);
    expect(await distance(imported, torch, k)).toBeLessThan(1e-6);
  });

  it("goes out as it came in, name by name, but for biases that only add up", () => {
    const exported = pytorchWeights(imported);
    const { tensors: back, metadata } = decodeSafetensors(encodeSafetensors(exported), "w");
    expect(metadata.format).toBe("pt");
    expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { shape, values }] of tensors) {
      expect(back.get(name)?.shape).toEqual(shape);
      if (!name.includes("bias_")) expect(back.get(name)?.values).toEqual(values);
    }
    for (let layer = 0; layer < layers; layer++) {
      const sum = (of: typeof tensors) => {
        const [a, b] = ["ih", "hh"].map((n) => of.get(`rnn.bias_${n}_l${layer}`)?.values);
        return (a as Float32Array).map((v, i) => v + (b as Float32Array)[i]);
      };
      expect(relativeError(sum(new Map(back)), sum(tensors))).toBeLessThan(1e-7);
      // n of the GRU has two biases, and keeps both
      if (cell === "gru-after")
        for (const name of [`rnn.bias_ih_l${layer}`, `rnn.bias_hh_l${layer}`])
          expect(back.get(name)?.values.slice(8)).toEqual(tensors.get(name)?.values.slice(8));
    }
  });
});

it.each([tanh, lstmNoPeepholes, gruAfter, stack(gruAfter, gruAfter, gruAfter)])(
  "$name comes back from PyTorch's names to the bit",
  (cell) => {
    const { model: m, weights } = randomModel(cell, 5, 4, 3, output);
    const { parameters } = stateOf(m, weights);
    const exported = pytorchWeights({ model: m, parameters, data: "d", run: "r" });
    const back = importPytorch(exported, { cell, output });
    expect(back.model.cell.name).toBe(cell.name);
    for (const [name, values] of parameters) expect(back.parameters.get(name)).toEqual(values);
    expect(back.parameters.size).toBe(parameters.size);
  },
);

it("modules of other names, without biases, are known by their shapes", async () => {
  const of = (name: string) => name.replace(/^rnn\./, "encoder.gru.").replace(/^output/, "head.1");
  const tensors = new Map(
    [...tensorsOf(torch.models[4])]
      .filter(([name]) => !name.includes("bias_hh"))
      .map(([name, t]) => [of(name), t]),
  );
  const { model: m, parameters } = importPytorch({ tensors }, { cell: gruAfter, output });
  expect(m.inputSize).toBe(3);
  expect(parameters.get("b_m")).toEqual(new Float32Array(4));
});

it.each([
  [gru, "torch.nn.GRU applies the reset gate after the recurrent product; train gru-after"],
  [lstm, "torch.nn.LSTM has no peepholes; train lstm-no-peepholes"],
  [stack(tanh, gruAfter), "torch.nn's layers are all alike"],
])("a model of another cell is refused with the reason", (cell, reason) => {
  const other = model(cell, 5, 4, output);
  const { parameters } = initialState(other, 1);
  expect(() => pytorchWeights({ model: other, parameters, data: "d", run: "r" })).toThrow(reason);
  expect(() => importPytorch({ tensors: new Map() }, { cell })).toThrow(reason);
});

describe("an import refuses", () => {
  const good = tensorsOf(torch.models[4]);
  const without = (name: string) => new Map([...good].filter(([n]) => n !== name));
  const named = (name: string) =>
    new Map(good).set(name, { shape: [1], values: new Float32Array(1) });
  const one = { cell: gruAfter, output };
  it.each([
    ["nothing", new Map(), one, "expected one recurrent module's weight_ih_l0, got none"],
    [
      "a missing matrix",
      without("rnn.weight_hh_l0"),
      one,
      "expected rnn.weight_hh_l0 [12, 4], got none",
    ],
    [
      "no readout",
      without("output.weight"),
      one,
      "expected one Linear's weight [readouts, 4], got none",
    ],
    [
      "both directions",
      named("rnn.weight_ih_l0_reverse"),
      one,
      "expected one direction and no projection",
    ],
    ["a projection", named("rnn.weight_hr_l0"), one, "expected one direction and no projection"],
    [
      "another cell's gates",
      good,
      { cell: lstmNoPeepholes, output },
      "expected rnn.weight_hh_l0 [12, 3]",
    ],
    ["another depth", good, { cell: stack(gruAfter, gruAfter), output }, "got those of 1 layers"],
    [
      "readouts without a meaning",
      good,
      { cell: gruAfter },
      "expected an output of 5 readouts, got none",
    ],
    ["another output", good, { cell: gruAfter, output: gaussian(2) }, "got gaussian of 4"],
  ])("%s", (_, tensors, options, message) => {
    expect(() => importPytorch({ tensors }, options)).toThrow(message);
  });
});
