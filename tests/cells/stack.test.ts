import { describe, expect, it } from "vitest";
import { doubleOperations } from "../../lib/cells/double-precision.js";
import { evaluateStep } from "../../lib/cells/graph.js";
import { gru } from "../../lib/cells/gru.js";
import { cellNamed, cellNames } from "../../lib/cells/index.js";
import { latex } from "../../lib/cells/latex.js";
import { lstm } from "../../lib/cells/lstm.js";
import { memoryless } from "../../lib/cells/memoryless.js";
import { hiddenSizeFor, parameterCount } from "../../lib/cells/size.js";
import { stack } from "../../lib/cells/stack.js";
import { tanh } from "../../lib/cells/tanh.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { lstmNoPeepholes } from "../../lib/cells/zoo/lstm-no-peepholes.js";
import { initialState } from "../../lib/model/initialise.js";
import { isNoisy, model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { cellDiagram } from "../../lib/show/cell-diagram.js";
import { everyOp, mgu } from "../oracle/cells.js";
import { randomBatch, randomModel, relativeError } from "../oracle/examples.js";
import { dense, oracle } from "../oracle/oracle.js";

describe("the cells of other libraries", () => {
  it("show their equations", () => {
    expect(latex(gruAfter).split("\n").slice(1, -1)).toEqual([
      "r_t &= \\sigma(W_r x_t + U_r h_{t-1} + b_r) \\\\",
      "z_t &= \\sigma(W_z x_t + U_z h_{t-1} + b_z) \\\\",
      "c_t &= \\tanh(W_c x_t + b_c + r_t \\odot (U_m h_{t-1} + b_m)) \\\\",
      "h_t &= (1 - z_t) \\odot h_{t-1} + z_t \\odot c_t",
    ]);
    expect(latex(lstmNoPeepholes)).toBe(latex(lstm).replace(/ \+ V_. \\odot c_(t|\{t-1\})/g, ""));
  });

  it("have the parameters of theirs: three gates and a second bias, or four gates", () => {
    const size = { inputSize: 5, hiddenSize: 3 };
    expect(parameterCount(gruAfter, size)).toBe(3 * (15 + 9 + 3) + 3);
    expect(parameterCount(lstmNoPeepholes, size)).toBe(4 * (15 + 9 + 3));
  });

  it("reset after the product what the paper's GRU resets before: the same where r is one", () => {
    const one = (name: string) => (name === "b_r" ? 50 : undefined); // σ(50) = 1
    const { model: m, weights } = randomModel(gru, 3, 4, 1);
    const batch = randomBatch(1, 3, [6]);
    const shut = new Map([...weights].map(([n, w]) => [n, one(n) ? w.map(() => 50) : w]));
    const other = new Map(shut);
    other.set("U_m", shut.get("U_c") as Float64Array).set("b_m", new Float64Array(4));
    other.delete("U_c");
    const after = oracle(model(gruAfter, 3, 4, m.output), other, batch);
    expect(after.nllPerStep).toBeCloseTo(oracle(m, shut, batch).nllPerStep, 12);
  });
});

describe("a stack", () => {
  it("is named by its layers, and by that name found again", () => {
    const deep = stack(tanh, gru, lstm);
    expect(deep.name).toBe("stack(tanh,gru,lstm)");
    expect(cellNamed(deep.name).graph).toEqual(deep.graph);
    expect(cellNamed(" stack( tanh , stack(gru, lstm)) ").graph).toEqual(deep.graph);
    expect(stack(gru)).toBe(gru);
    expect(cellNames.every((name) => cellNamed(`stack(${name},gru)`).layers?.length === 2)).toBe(
      true,
    );
  });

  it("names gates, states and parameters by layer, and leaves h to the last layer", () => {
    const { graph } = stack(gru, lstm);
    expect(graph.states.map((s) => s.name)).toEqual(["h", "c.2", "h.1"]);
    expect(graph.named.map((n) => n.name).join(" ")).toBe("r.1 z.1 c.1 h.1 i.2 f.2 c.2~ c.2 o.2 h");
    expect(graph.parameters.map((p) => p.name).join(" ")).toBe(
      "W_r.1 U_r.1 b_r.1 W_z.1 U_z.1 b_z.1 W_c.1 U_c.1 b_c.1 " +
        "W_i.2 U_i.2 b_i.2 V_i.2 W_f.2 U_f.2 b_f.2 V_f.2 W_c.2 U_c.2 b_c.2 W_o.2 U_o.2 b_o.2 V_o.2",
    );
  });

  it("computes what its layers do, one fed with the other's h", () => {
    const deep = randomModel(stack(lstm, mgu, everyOp), 3, 4, 7);
    const batch = randomBatch(2, 3, [8]);
    let rows: Float64Array[] = Array.from({ length: 8 }, (_, t) =>
      dense(batch.input).slice(3 * t, 3 * t + 3),
    );
    [lstm, mgu, everyOp].forEach(({ graph }, k) => {
      const own = graph.parameters.map(({ name }): [string, Float64Array] => [
        name,
        deep.weights.get(`${name}.${k + 1}`) as Float64Array,
      ]);
      const operations = doubleOperations(new Map(own));
      let states = new Map<string, Float64Array>(
        graph.states.map(({ name }) => [name, new Float64Array(4)]),
      );
      rows = rows.map((row) => {
        const values = evaluateStep(graph, row, states, operations);
        states = new Map(graph.states.map(({ name, node }) => [name, values[node]]));
        return states.get("h") as Float64Array;
      });
    });
    const traced = oracle(deep.model, deep.weights, batch).trace.get("h") as Float64Array;
    expect(relativeError(traced, Float64Array.from(rows.flatMap((r) => [...r])))).toBeLessThan(
      1e-12,
    );
  });

  it("begins with input weights between layers, orthogonal recurrent ones, and noise on both", () => {
    const m = model(stack(gru, gru), 5, 8, bernoulli(5));
    const { parameters } = initialState(m, 3);
    const between = parameters.get("W_r.2") as Float32Array;
    expect(between).toHaveLength(64);
    expect(Math.max(...between.map(Math.abs))).toBeLessThanOrEqual(0.1);
    const recurrent = parameters.get("U_r.2") as Float32Array;
    const first = recurrent.subarray(0, 8);
    expect(first.reduce((s, v) => s + v * v, 0)).toBeCloseTo(1, 5);
    const noisy = m.parameters.filter(isNoisy).map((p) => p.name);
    expect(noisy).toEqual(
      [1, 2].flatMap((k) => ["r", "z", "c"].flatMap((g) => [`W_${g}.${k}`, `U_${g}.${k}`])),
    );
  });

  it("is counted, and sized for a budget", () => {
    const [d, h] = [100, 20];
    const expected = 3 * (d * h + h * h + h) + 3 * (2 * h * h + h);
    const deep = stack(gru, gru);
    expect(parameterCount(deep, { inputSize: d, hiddenSize: h })).toBe(expected);
    expect(hiddenSizeFor(deep, d, expected)).toBe(h);
  });

  it("shows its equations and its diagram with the layers above the letters", () => {
    expect(latex(stack(tanh, lstm)).split("\n").slice(1, 3)).toEqual([
      "h^{(1)}_t &= \\tanh(W^{(1)}_h x_t + U^{(1)}_h h^{(1)}_{t-1} + b^{(1)}_h) \\\\",
      "i^{(2)}_t &= \\sigma(W^{(2)}_i h^{(1)}_t + U^{(2)}_i h_{t-1} + b^{(2)}_i + V^{(2)}_i \\odot c^{(2)}_{t-1}) \\\\",
    ]);
    const drawn = cellDiagram(stack(tanh, memoryless));
    expect(drawn).toContain(">(2)<");
    expect(drawn.match(/>h<tspan[^>]*>\(1\)<\/tspan>/g)).not.toBeNull();
  });

  it.each([
    ["no layer", () => stack(), "stack: expected at least one cell, got none"],
    [
      "a width",
      () => stack(gru, 64 as never),
      "stack: expected a cell as argument 2, got the number 64; all layers have the model's hidden size",
    ],
    ["what is no cell", () => stack("gru" as never), "expected a cell as argument 1, got gru"],
    ["no layer by name", () => cellNamed("stack()"), "or a stack such as stack(gru,gru), got "],
    ["an unknown layer", () => cellNamed("stack(gru,none)"), "got none"],
    [
      "widths of its own for each layer",
      () => model(stack(gru, gru), 20, [64, 32] as never, bernoulli(20)),
      "model: expected a whole number of hidden units from 1 on, got 64,32; all layers of a stack have the same",
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
