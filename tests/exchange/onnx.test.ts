import * as runtime from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { type Cell, cell as makeCell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { cells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { stream } from "../../lib/engines/index.js";
import { onnxModel } from "../../lib/exchange/onnx.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";
import { delayLine, mgu } from "../oracle/cells.js";
import { randomModel, relativeError, stateOf } from "../oracle/examples.js";

const [inputs, hiddenSize, time, batch] = [5, 7, 12, 3];

function trainedOf(cell: Cell, seed = 4) {
  const { model, weights } = randomModel(cell, inputs, hiddenSize, seed, bernoulli(inputs));
  return { model, parameters: stateOf(model, weights).parameters, data: "test", run: "none" };
}

/** Every word that ONNX has an operator for, and several states. */
const everyWord = makeCell("every-word", (v) => {
  const { input: x, hidden: h, affine, plus, times } = v;
  const m = v.previous("m");
  const gate = v.sigmoid(plus(affine("a", x, h, m), v.peephole("a", m)));
  const bounded = v.sqrt(plus(v.absolute(affine("b", times(gate, h))), 0.1));
  const positive = v.exp(v.negate(v.square(v.tanh(bounded))));
  const ratio = v.divide(v.log(plus(positive, 1)), v.softplus(v.oneMinus(v.scale(gate, 0.25))));
  const most = v.maximum(v.minimum(ratio, 0.8), v.minus(gate, 0.5));
  const memory = v.minus(times(gate, m), v.relu(affine("d", x, most)));
  return { h: v.tanh(plus(memory, v.minus(1, ratio))), m: v.tanh(memory) };
});

const random = generator(8, "onnx inputs");
const x = Float32Array.from({ length: time * batch * inputs }, () => random.normal());

/** [time, batch, readout size] by our own engine. */
async function ours(trained: ReturnType<typeof trainedOf>): Promise<Float32Array> {
  const network = await stream(trained, { streams: batch });
  const row = batch * inputs;
  const steps = Array.from({ length: time }, (_, t) => [
    ...network.step(x.subarray(t * row, (t + 1) * row)),
  ]);
  return Float32Array.from(steps.flat());
}

const tensor = (values: Float32Array, shape: number[]) =>
  new runtime.Tensor("float32", values, shape);

const floats = (found: runtime.Tensor) => found.data as Float32Array;

/** Single precision on both sides, values up to about 5. */
const tolerance = 1e-6;

describe("onnxruntime answers what our engine does", () => {
  it.each([...cells, stack(gru, gruAfter, lstm), mgu, everyWord, delayLine, stack(mgu, lstm)])(
    "for $name, over time and batch of any size",
    async (cell) => {
      const trained = trainedOf(cell);
      const session = await runtime.InferenceSession.create(onnxModel(trained));
      expect(session.inputNames).toEqual(["input"]);
      const { readout } = await session.run({ input: tensor(x, [time, batch, inputs]) });
      expect(readout.dims).toEqual([time, batch, inputs]);
      expect(relativeError(floats(readout), await ours(trained))).toBeLessThan(tolerance);
      const short = await session.run({ input: tensor(x.slice(0, inputs), [1, 1, inputs]) });
      expect(relativeError(floats(short.readout), floats(readout).slice(0, inputs))).toBeLessThan(
        tolerance,
      );
    },
  );

  it.each([lstm, stack(gru, lstm), mgu])(
    "step by step, states handed on, for $name",
    async (cell) => {
      const trained = trainedOf(cell);
      const session = await runtime.InferenceSession.create(onnxModel(trained, { states: true }));
      const isLayer = cell !== mgu;
      const shape = isLayer ? [1, batch, hiddenSize] : [batch, hiddenSize];
      const names = session.inputNames.filter((name) => name !== "input");
      let states: Record<string, runtime.Tensor> = Object.fromEntries(
        names.map((name) => [name, tensor(new Float32Array(batch * hiddenSize), shape)]),
      );
      const row = batch * inputs;
      const made: number[] = [];
      for (let t = 0; t < time; t++) {
        const input = tensor(x.slice(t * row, (t + 1) * row), [1, batch, inputs]);
        const out = await session.run({ input, ...states });
        made.push(...floats(out.readout));
        const after = (name: string) => out[name.replace(/_(\d+)$/, "_after_$1")];
        states = Object.fromEntries(names.map((name) => [name, after(name)]));
      }
      expect(relativeError(made, await ours(trained))).toBeLessThan(tolerance);
    },
  );
});

it("a cell with an operation that ONNX has not is refused", () => {
  const odd = makeCell("odd", ({ input, hidden, affine, logGamma, square }) => ({
    h: logGamma(square(affine("h", input, hidden))),
  }));
  expect(() => onnxModel(trainedOf(odd))).toThrow(
    "onnx: expected a cell of operations that ONNX has, got logGamma in odd",
  );
});
