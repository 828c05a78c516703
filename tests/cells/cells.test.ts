import { describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { paperCells } from "../../lib/cells/index.js";
import { latex } from "../../lib/cells/latex.js";
import { lstm, lstmWithForgetBias } from "../../lib/cells/lstm.js";
import { hiddenSizeFor, paperHiddenSizes, parameterCount } from "../../lib/cells/size.js";
import { tanh } from "../../lib/cells/tanh.js";
import { lstmForget1 } from "../../lib/cells/zoo/lstm-forget-1.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";

describe("the LSTM whose forget gate begins elsewhere", () => {
  const begins = (unit: typeof lstm) =>
    unit.graph.parameters.flatMap(({ name, begin }) => (name === "b_f" ? [begin ?? 0] : []));

  it("is the paper's at 0, and at any other number has that bias and its name", () => {
    expect(lstmWithForgetBias(0)).toBe(lstm);
    const open = lstmWithForgetBias(2.5);
    expect([open.name, begins(open)]).toEqual(["lstm-forget-2.5", [2.5]]);
    const one = lstmWithForgetBias(1);
    expect([one.name, begins(one)]).toEqual([lstmForget1.name, begins(lstmForget1)]);
  });

  it("begins at no number that is none", () => {
    expect(() => lstmWithForgetBias(Number.NaN)).toThrow(
      "LSTM: expected a finite forget bias, got NaN",
    );
  });
});

describe("parameter counts", () => {
  it.each([
    [lstm, 20, 195, 169_065],
    [gru, 20, 227, 168_888],
    [tanh, 20, 400, 168_400],
    [lstm, 100, 36, 19_836],
    [gru, 100, 46, 20_286],
    [tanh, 100, 100, 20_100],
  ])("of the paper's table 1 are exact: %o", (unit, inputSize, hiddenSize, expected) => {
    expect(parameterCount(unit, { inputSize, hiddenSize })).toBe(expected);
    expect(hiddenSizeFor(unit, inputSize, expected)).toBe(hiddenSize);
  });

  it("agree with the parameters of a model", () => {
    for (const unit of paperCells) {
      const recurrent = model(unit, 88, 7, bernoulli(88)).parameters.slice(0, -2);
      const sum = recurrent.reduce((s, p) => s + p.shape.reduce((a, b) => a * b, 1), 0);
      expect(sum).toBe(parameterCount(unit, { inputSize: 88, hiddenSize: 7 }));
    }
  });

  it("find the nearest size to a budget that no size meets", () => {
    // tanh, d = 1: H² + 2 H is 3, 8, 15: 11 is nearer to 8, 12 nearer to 15.
    expect(hiddenSizeFor(tanh, 1, 11)).toBe(2);
    expect(hiddenSizeFor(tanh, 1, 12)).toBe(3);
    expect(() => hiddenSizeFor(tanh, 1, 0)).toThrow("expected a positive number, got 0");
  });

  it("know the paper's sizes for every one of the paper's cells", () => {
    for (const { name } of paperCells) {
      expect(paperHiddenSizes.music[name]).toBeGreaterThan(0);
      expect(paperHiddenSizes.speech[name]).toBeGreaterThan(0);
    }
  });
});

describe("a recorded cell", () => {
  it("names its parameters by the paper's letters", () => {
    expect(gru.graph.parameters.map((p) => p.name)).toEqual([
      "W_r",
      "U_r",
      "b_r",
      "W_z",
      "U_z",
      "b_z",
      "W_c",
      "U_c",
      "b_c",
    ]);
    expect(lstm.graph.parameters.map((p) => p.name).join(" ")).toBe(
      "W_i U_i b_i V_i W_f U_f b_f V_f W_c U_c b_c W_o U_o b_o V_o",
    );
  });

  it("names its gates and states, in evaluation order", () => {
    expect(tanh.graph.named.map((n) => n.name)).toEqual(["h"]);
    expect(gru.graph.named.map((n) => n.name)).toEqual(["r", "z", "c", "h"]);
    expect(lstm.graph.named.map((n) => n.name)).toEqual(["i", "f", "c~", "c", "o", "h"]);
    expect(lstm.graph.states.map((s) => s.name)).toEqual(["h", "c"]);
  });

  it("shows its equations as the paper writes them", () => {
    expect(latex(tanh)).toBe(
      "\\begin{aligned}\nh_t &= \\tanh(W_h x_t + U_h h_{t-1} + b_h)\n\\end{aligned}",
    );
    expect(latex(gru).split("\n").slice(1, -1)).toEqual([
      "r_t &= \\sigma(W_r x_t + U_r h_{t-1} + b_r) \\\\",
      "z_t &= \\sigma(W_z x_t + U_z h_{t-1} + b_z) \\\\",
      "c_t &= \\tanh(W_c x_t + U_c (r_t \\odot h_{t-1}) + b_c) \\\\",
      "h_t &= (1 - z_t) \\odot h_{t-1} + z_t \\odot c_t",
    ]);
    expect(latex(lstm).split("\n").slice(1, -1)).toEqual([
      "i_t &= \\sigma(W_i x_t + U_i h_{t-1} + b_i + V_i \\odot c_{t-1}) \\\\",
      "f_t &= \\sigma(W_f x_t + U_f h_{t-1} + b_f + V_f \\odot c_{t-1}) \\\\",
      "\\tilde{c}_{t} &= \\tanh(W_c x_t + U_c h_{t-1} + b_c) \\\\",
      "c_t &= f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_{t} \\\\",
      "o_t &= \\sigma(W_o x_t + U_o h_{t-1} + b_o + V_o \\odot c_t) \\\\",
      "h_t &= o_t \\odot \\tanh(c_t)",
    ]);
  });
});

describe("recording refuses", () => {
  it.each([
    [
      "a cell without h",
      () => cell("a", () => ({}) as never),
      "cell a: expected the equations to return a state h",
    ],
    [
      "a state that is read and never set",
      () => cell("b", ({ input, previous, affine }) => ({ h: affine("h", input, previous("m")) })),
      "cell b: expected a new value for state m",
    ],
    [
      "two parameters of one name",
      () =>
        cell("c", ({ input, affine, plus }) => ({
          h: plus(affine("a", input), affine("a", input)),
        })),
      "expected every parameter once, got W_a twice",
    ],
    [
      "x where a value as wide as h belongs",
      () => cell("d", ({ input, hidden, plus }) => ({ h: plus(input, hidden) })),
      "read x through affine",
    ],
    [
      "x as a state",
      () => cell("e", ({ input }) => ({ h: input })),
      "state h: expected a value as wide as h, got x",
    ],
    [
      "an affine of nothing",
      () => cell("f", ({ affine }) => ({ h: affine("h") })),
      "affine h: expected at least one input, got none",
    ],
    [
      "one name for two values",
      () =>
        cell("g", ({ input, affine, named }) => ({
          h: named("a", affine("p", input)),
          m: named("a", affine("q", input)),
        })),
      "got a twice",
    ],
    [
      "a factor that is not finite",
      () => cell("i", ({ hidden, scale }) => ({ h: scale(hidden, Number.NaN) })),
      "expected a finite factor, got NaN",
    ],
  ])("%s", (_, record, message) => {
    expect(record).toThrow(message);
  });
});
