import * as runtime from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { stack } from "../../lib/cells/stack.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { importKeras, kerasWeights } from "../../lib/exchange/keras.js";
import { onnxModel } from "../../lib/exchange/onnx.js";
import { importPytorch, pytorchWeights } from "../../lib/exchange/pytorch.js";
import { type NadeOptions, nade } from "../../lib/outputs/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/train/safetensors.js";
import { randomModel, stateOf } from "../oracle/examples.js";

const conditions: NadeOptions[] = [{}, { condition: "keys" }];

describe.each(conditions)("an output with parameters of its own, nade %o", (options) => {
  const output = nade(5, 3, options);
  const own = options.condition === "keys" ? ["W", "V", "c"] : ["W", "V"];
  const { model, weights } = randomModel(stack(gruAfter, gruAfter), 5, 4, 3, output);
  const { parameters } = stateOf(model, weights);
  const trained = { model, parameters, data: "d", run: "r" };
  const same = (back: { readonly parameters: ReadonlyMap<string, Float32Array> }) => {
    expect([...back.parameters.keys()].sort()).toEqual([...parameters.keys()].sort());
    for (const [name, values] of parameters) expect(back.parameters.get(name)).toEqual(values);
  };

  it("goes through PyTorch's names to the bit, and is missed by its name", () => {
    const file = decodeSafetensors(encodeSafetensors(pytorchWeights(trained)), "w");
    for (const name of own)
      expect([name, ...(file.tensors.get(`output.${name}`)?.values ?? [])]).toEqual([
        name,
        ...(parameters.get(name) ?? []),
      ]);
    same(importPytorch(file, { cell: model.cell, output }));
    const without = new Map([...file.tensors].filter(([name]) => name !== "output.V"));
    expect(() => importPytorch({ tensors: without }, { cell: model.cell, output })).toThrow(
      "output.V [5, 3], got none",
    );
  });

  it("goes through Keras' names to the bit, and is missed by its name", () => {
    const file = kerasWeights(trained);
    same(importKeras(file, { cell: model.cell, output }));
    const without = new Map([...file.tensors].filter(([name]) => name !== "output/V"));
    expect(() => importKeras({ tensors: without }, { cell: model.cell, output })).toThrow(
      "expected output/V [5, 3], got none",
    );
  });

  it("comes out of ONNX's model beside the readout", async () => {
    const session = await runtime.InferenceSession.create(onnxModel(trained));
    const input = new runtime.Tensor("float32", new Float32Array(10), [2, 1, 5]);
    const out = await session.run({ input });
    expect(out.readout.dims).toEqual([2, 1, output.readoutSize]);
    expect(session.outputNames).toEqual(["readout", ...own]);
    for (const name of own) expect(out[name].data).toEqual(parameters.get(name));
  });
});
