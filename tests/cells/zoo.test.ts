import { describe, expect, it, test } from "vitest";
import { type Cell, cell } from "../../lib/cells/cell.js";
import { doubleOperations } from "../../lib/cells/double-precision.js";
import { evaluateStep } from "../../lib/cells/graph.js";
import { gru } from "../../lib/cells/gru.js";
import { cellNamed, cellNames, cells, paperCells } from "../../lib/cells/index.js";
import { latex } from "../../lib/cells/latex.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { zoo } from "../../lib/cells/zoo/index.js";
import { lstmChrono } from "../../lib/cells/zoo/lstm-chrono.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { randomBatch, randomModel, relativeError } from "../oracle/examples.js";
import { oracle } from "../oracle/oracle.js";

const s = (x: number) => 1 / (1 + Math.exp(-x));
const t = Math.tanh;

/** x, the states before, and every weight by its name: one unit, one input. */
const x = 0.7;
const before = { h: 0.4, c: -0.6, i: 0.3, f: 0.8, o: 0.2 };
/** A weight of its own for every letter: between −1 and 1, none like another. */
function weight(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (31 * sum + (letter.codePointAt(0) as number)) % 1009;
  return (sum / 1009) * 2 - 1;
}

/** h and c after one step of one unit, with the weights above. */
function stepOf({ graph }: Cell): { h: number; c?: number } {
  const operations = doubleOperations(
    new Map(graph.parameters.map(({ name }) => [name, Float64Array.of(weight(name))])),
  );
  const states = new Map(
    graph.states.map(({ name }) => [name, Float64Array.of(before[name as keyof typeof before])]),
  );
  const values = evaluateStep(graph, Float64Array.of(x), states, operations);
  const now = Object.fromEntries(graph.states.map(({ name, node }) => [name, values[node][0]]));
  return { h: now.h, ...("c" in now ? { c: now.c } : {}) };
}

/** W_a x + U_a (of) + b_a. */
const a = (name: string, of: number = before.h) =>
  weight(`W_${name}`) * x + weight(`U_${name}`) * of + weight(`b_${name}`);
const W = (name: string) => weight(`W_${name}`) * x;
const U = (name: string, of: number = before.h) => weight(`U_${name}`) * of;
const b = (name: string) => weight(`b_${name}`);
/** The LSTM's gates with their peepholes, and its candidate. */
const i = s(a("i") + weight("V_i") * before.c);
const f = s(a("f") + weight("V_f") * before.c);
const o = (c: number) => s(a("o") + weight("V_o") * c);
const candidate = t(a("c"));
const memory = (c: number) => ({ h: o(c) * t(c), c });
/** The GRU's update. */
const mix = (z: number, c: number) => ({ h: (1 - z) * before.h + z * c });
const further = (name: string) =>
  weight(`U_${name}_2`) * before.i +
  weight(`U_${name}_3`) * before.f +
  weight(`U_${name}_4`) * before.o;

// Every cell once more, written with numbers: independent of the cells' own words.
const byHand: Record<string, () => { h: number; c?: number }> = {
  "lstm-nig": () => memory(f * before.c + candidate),
  "lstm-nfg": () => memory(before.c + i * candidate),
  "lstm-nog": () => {
    const c = f * before.c + i * candidate;
    return { h: t(c), c };
  },
  "lstm-niaf": () => memory(f * before.c + i * a("c")),
  "lstm-noaf": () => {
    const c = f * before.c + i * candidate;
    return { h: o(c) * c, c };
  },
  "lstm-cifg": () => memory((1 - i) * before.c + i * candidate),
  "lstm-no-peepholes": () => {
    const c = s(a("f")) * before.c + s(a("i")) * candidate;
    return { h: s(a("o")) * t(c), c };
  },
  "lstm-forget-1": () => memory(f * before.c + i * candidate),
  "lstm-chrono": () => memory(f * before.c + i * candidate),
  janet: () => ({ h: s(a("f")) * before.h + (1 - s(a("f") - 1)) * candidate }),
  "lstm-fgr": () => {
    const gate = (name: string, c: number) => s(a(name) + further(name) + weight(`V_${name}`) * c);
    const c = gate("f", before.c) * before.c + gate("i", before.c) * candidate;
    return { h: gate("o", c) * t(c), c };
  },
  "min-lstm": () => {
    const [forget, input] = [s(W("f") + b("f")), s(W("i") + b("i"))];
    const keep = forget / (forget + input);
    return { h: keep * before.h + (1 - keep) * (W("c") + b("c")) };
  },
  "gru-no-reset": () => mix(s(a("z")), candidate),
  "gru-no-update": () => ({ h: t(a("h", s(a("r")) * before.h)) }),
  "gru-coupled": () => mix(s(a("z")), t(a("c", (1 - s(a("z"))) * before.h))),
  "gru-after": () => mix(s(a("z")), t(W("c") + b("c") + s(a("r")) * (U("m") + b("m")))),
  "gru-1": () => mix(s(U("z") + b("z")), t(a("c", s(U("r") + b("r")) * before.h))),
  "gru-2": () => mix(s(U("z")), t(a("c", s(U("r")) * before.h))),
  "gru-3": () => mix(s(b("z")), t(a("c", s(b("r")) * before.h))),
  mgu: () => mix(s(a("f")), t(a("c", s(a("f")) * before.h))),
  "mgu-1": () => mix(s(U("f") + b("f")), t(a("c", s(U("f") + b("f")) * before.h))),
  "mgu-2": () => mix(s(U("f")), t(a("c", s(U("f")) * before.h))),
  "mgu-3": () => mix(s(b("f")), t(a("c", s(b("f")) * before.h))),
  "mut-1": () => mix(s(W("z") + b("z")), t(U("c", s(a("r")) * before.h) + t(W("m")) + b("c"))),
  "mut-2": () =>
    mix(s(a("z")), t(W("x") + U("c", s(W("x") + U("r") + b("r")) * before.h) + b("c"))),
  "mut-3": () => mix(s(a("z", t(before.h))), t(a("c", s(a("r")) * before.h))),
  "min-gru": () => mix(s(W("z") + b("z")), W("c") + b("c")),
};

describe("the zoo", () => {
  it.each(zoo)("computes $name as its equations by hand", (unit) => {
    expect(Object.keys(byHand).sort()).toEqual(zoo.map(({ name }) => name).sort());
    const [found, expected] = [stepOf(unit), byHand[unit.name]()];
    expect(found.h).toBeCloseTo(expected.h, 14);
    if (expected.c === undefined) expect(found.c).toBeUndefined();
    else expect(found.c).toBeCloseTo(expected.c, 14);
  });

  it("is told by name, origin, difference and source; and no two cells are the same by hand", () => {
    const values = new Map<string, string>();
    for (const { name, variant } of zoo) {
      expect(["lstm", "gru"]).toContain(variant?.of);
      for (const text of [variant?.short, variant?.differs, variant?.source])
        expect(text).toMatch(/^.{2,140}$/);
      expect(cellNamed(name).name).toBe(name);
      const value = stepOf(cellNamed(name)).h.toPrecision(12);
      const isBeginning = name === "lstm-chrono" || name === "lstm-forget-1";
      expect(values.get(value), name).toBe(isBeginning ? values.get(value) : undefined);
      values.set(value, name);
    }
    expect(cells).toEqual([...paperCells, cellNamed("memoryless"), ...zoo]);
    expect(new Set(cellNames).size).toBe(cellNames.length);
  });

  it("has h under its name in every trace, which pictures and gradient flow read", () => {
    for (const { graph, name } of zoo)
      expect(
        graph.named.map((g) => g.name),
        name,
      ).toContain("h");
  });
});

/** The loss and every weight's gradient by central differences in float64. */
test.each(zoo)(
  "the oracle's gradient of $name equals central differences at every weight",
  (unit) => {
    const { model: m, weights } = randomModel(unit, 4, 3, 3);
    const batch = randomBatch(2, 4, [5, 2], 0.4);
    const { gradient } = oracle(m, weights, batch);
    for (const [name, values] of weights) {
      const expected = values.map((_, k) => {
        const at = (shift: number) => {
          const moved = Float64Array.from(values);
          moved[k] += shift;
          return oracle(m, new Map([...weights, [name, moved]]), batch).nllPerStep;
        };
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      });
      expect(relativeError(gradient.get(name) as Float64Array, expected), name).toBeLessThan(1e-6);
    }
  },
);

describe("what is equal by its equations", () => {
  const batch = randomBatch(4, 3, [7, 5]);
  const loss = (unit: Cell, weights: ReadonlyMap<string, Float64Array>) =>
    oracle(model(unit, 3, 4, bernoulli(3)), weights, batch).nllPerStep;
  const shut = (weights: ReadonlyMap<string, Float64Array>, gate: string, bias: number) =>
    new Map(
      [...weights].map(([name, w]) => {
        if (name === `b_${gate}`) return [name, w.map(() => bias)] as const;
        return [name, name.endsWith(`_${gate}`) ? w.map(() => 0) : w] as const;
      }),
    );
  const same = (unit: Cell, whole: Cell, weights: ReadonlyMap<string, Float64Array>) =>
    expect(loss(unit, weights)).toBeCloseTo(loss(whole, weights), 12);

  // σ(50) is 1 in double precision
  it.each([
    ["lstm-nig", lstm, "i"],
    ["lstm-nfg", lstm, "f"],
    ["lstm-nog", lstm, "o"],
    ["gru-no-reset", gru, "r"],
  ] as const)("%s is the whole unit with that gate open", (name, whole, gate) => {
    const { weights } = randomModel(whole, 3, 4, 1);
    same(cellNamed(name), whole, shut(weights, gate, 50));
  });

  it("gru-no-update is the GRU whose update gate always writes", () => {
    const { weights } = randomModel(gru, 3, 4, 1);
    const open = shut(weights, "z", 50);
    const renamed = new Map([...open].map(([name, w]) => [name.replace(/_c$/, "_h"), w]));
    expect(loss(cellNamed("gru-no-update"), renamed)).toBeCloseTo(loss(gru, open), 12);
  });

  it("CIFG is the LSTM whose forget gate has the input gate's weights with their signs turned", () => {
    const { weights } = randomModel(cellNamed("lstm-cifg"), 3, 4, 1);
    const coupled = new Map(weights);
    for (const letter of ["W", "U", "V", "b"])
      coupled.set(
        `${letter}_f`,
        (weights.get(`${letter}_i`) as Float64Array).map((w) => -w),
      );
    expect(loss(lstm, coupled)).toBeCloseTo(loss(cellNamed("lstm-cifg"), weights), 12);
  });

  it("NP is the LSTM whose peepholes are 0, and FGR with no weights on gates the LSTM", () => {
    const without = randomModel(lstm, 3, 4, 1).weights;
    for (const [name, w] of without) if (name.startsWith("V_")) w.fill(0);
    same(cellNamed("lstm-no-peepholes"), lstm, without);
    const { weights } = randomModel(cellNamed("lstm-fgr"), 3, 4, 1);
    for (const [name, w] of weights) if (/^U_._\d$/.test(name)) w.fill(0);
    same(cellNamed("lstm-fgr"), lstm, weights);
  });

  it("the MGU is the GRU with both gates alike, and its three the ones with less in the gate", () => {
    const { weights } = randomModel(cellNamed("mgu"), 3, 4, 1);
    const both = new Map(weights);
    for (const letter of ["W", "U", "b"])
      for (const gate of ["r", "z"])
        both.set(`${letter}_${gate}`, weights.get(`${letter}_f`) as Float64Array);
    expect(loss(gru, both)).toBeCloseTo(loss(cellNamed("mgu"), weights), 12);
    weights.get("W_f")?.fill(0);
    same(cellNamed("mgu-1"), cellNamed("mgu"), weights);
    weights.get("b_f")?.fill(0);
    same(cellNamed("mgu-2"), cellNamed("mgu"), weights);
  });

  it.each([
    ["min-gru", (gates: ReadonlyMap<string, number>) => gates.get("z") as number],
    ["min-lstm", (gates: ReadonlyMap<string, number>) => 1 - (gates.get("keep") as number)],
  ] as const)(
    "%s step by step is its parallel form: products and sums over all steps at once",
    (name, share) => {
      const { model: m, weights } = randomModel(cellNamed(name), 3, 4, 2);
      const one = randomBatch(4, 3, [12]);
      const { trace } = oracle(m, weights, one);
      const at = (gate: string, step: number, unit: number) =>
        (trace.get(gate) as Float64Array)[4 * step + unit];
      const gates = (step: number, unit: number) =>
        new Map([...trace.keys()].map((gate) => [gate, at(gate, step, unit)]));
      for (let unit = 0; unit < 4; unit++)
        for (let step = 0; step < 12; step++) {
          // h = Σ_k written_k · Π_{j > k} kept_j: nothing in it waits for a state
          let h = 0;
          for (let k = 0; k <= step; k++) {
            let kept = 1;
            for (let j = k + 1; j <= step; j++) kept *= 1 - share(gates(j, unit));
            h += share(gates(k, unit)) * at("c", k, unit) * kept;
          }
          expect(at("h", step, unit)).toBeCloseTo(h, 12);
        }
    },
  );
});

describe("what biases begin at is part of a cell", () => {
  const begin = (unit: Cell, seed = 1) =>
    initialState(model(unit, 3, 2000, bernoulli(3)), seed).parameters;
  const of = (name: string, unit: Cell, seed?: number) =>
    begin(unit, seed).get(name) as Float32Array;

  it("FB1 begins with b_f at 1, and like the LSTM in all else", () => {
    const small = (unit: Cell) => initialState(model(unit, 3, 4, bernoulli(3)), 1).parameters;
    const [whole, one] = [small(lstm), small(cellNamed("lstm-forget-1"))];
    for (const [name, values] of one)
      expect(values).toEqual(name === "b_f" ? values.map(() => 1) : whole.get(name));
  });

  // a light cell with chrono's biases: the matrices of 2,000 units would take seconds to be made
  const light = (least: number, most: number) =>
    cell("light", ({ input, affine, minus, tanh }) => {
      const draw = { draw: "b_f", least, most };
      const i = affine({ name: "i", bias: { ...draw, factor: -1 } }, input);
      return { h: tanh(minus(affine({ name: "f", bias: { ...draw, factor: 1 } }, input), i)) };
    });

  it("chrono's b_f is ln U(1, T − 1), and b_i the same numbers with their signs turned", () => {
    const chrono = lstmChrono(100).graph.parameters.filter(({ begin }) => begin !== undefined);
    expect(chrono.map(({ name, begin }) => [name, begin])).toEqual([
      ["b_i", { draw: "b_f", least: 1, most: 99, factor: -1 }],
      ["b_f", { draw: "b_f", least: 1, most: 99, factor: 1 }],
    ]);
    const [f, i] = [of("b_f", light(1, 99)), of("b_i", light(1, 99))];
    expect(Array.from(i, (v) => -v)).toEqual([...f]);
    const times = Array.from(f, (v) => Math.exp(v));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...times)).toBeLessThanOrEqual(99);
    // uniform on [1, 99]: mean 50, standard error 98 / √12 / √2000 = 0.63
    expect(Math.abs(times.reduce((sum, v) => sum + v, 0) / 2000 - 50)).toBeLessThan(2.5);
    expect(of("b_f", light(1, 99), 2)).not.toEqual(f);
  });

  it("layers of a stack draw their own", () => {
    const deep = initialState(model(stack(lstmChrono(50), lstmChrono(50)), 3, 5, bernoulli(3)), 1);
    const get = (name: string) => deep.parameters.get(name) as Float32Array;
    expect(get("b_f.1")).not.toEqual(get("b_f.2"));
    expect(Array.from(get("b_i.2"), (v) => -v)).toEqual([...get("b_f.2")]);
  });

  it("another T has another name, by which it is found; one that is none is refused", () => {
    expect(cellNamed("lstm-chrono-400").graph).toEqual(lstmChrono(400).graph);
    expect(lstmChrono(400).name).toBe("lstm-chrono-400");
    expect(lstmChrono(100).name).toBe("lstm-chrono");
    expect(cellNamed("lstm-chrono-100").name).toBe("lstm-chrono");
    expect(() => cellNamed("lstm-chrono-2")).toThrow("expected a longest dependency");
    expect(() => lstmChrono(Number.NaN)).toThrow("got NaN");
  });

  it.each([
    [{ draw: "a", least: 0, most: 5, factor: 1 }, "0 < least < most, got 1 · ln U(0, 5)"],
    [{ draw: "a", least: 3, most: 2, factor: 1 }, "got 1 · ln U(3, 2)"],
    [{ draw: "a", least: 1, most: 2, factor: Number.NaN }, "got NaN · ln U(1, 2)"],
    [Number.POSITIVE_INFINITY, "expected a finite number for its bias to begin at, got Infinity"],
  ])("a cell that begins with %o is refused", (bias, message) => {
    expect(() =>
      cell("a", ({ input, affine }) => ({ h: affine({ name: "h", bias }, input) })),
    ).toThrow(message);
  });
});

describe("products without a bias, and biases alone", () => {
  it("are in the equations what they are: no b after U h, no product before b", () => {
    expect(latex(cellNamed("gru-2")).split("\n")[1]).toBe("r_t &= \\sigma(U_r h_{t-1}) \\\\");
    expect(latex(cellNamed("gru-3")).split("\n")[1]).toBe("r_t &= \\sigma(b_r) \\\\");
    expect(cellNamed("gru-2").graph.parameters.map(({ name }) => name)).toEqual(
      "U_r U_z W_c U_c b_c".split(" "),
    );
  });

  it("keep their names in a stack", () => {
    expect(
      stack(cellNamed("gru-2"), cellNamed("gru-3")).graph.parameters.map((p) => p.name),
    ).toEqual("U_r.1 U_z.1 W_c.1 U_c.1 b_c.1 b_r.2 b_z.2 W_c.2 U_c.2 b_c.2".split(" "));
  });

  it("of nothing are refused", () => {
    expect(() => cell("a", ({ product }) => ({ h: product("h") }))).toThrow(
      "cell a: product h: expected at least one input, got none",
    );
  });
});
