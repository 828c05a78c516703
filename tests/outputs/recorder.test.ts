import { describe, expect, it } from "vitest";
import { rowDerivative } from "../../lib/compile/row-derivative.js";
import { rowProgram } from "../../lib/compile/row-program.js";
import { outputFrom } from "../../lib/outputs/description.js";
import { sizeOf } from "../../lib/outputs/graph.js";
import {
  bernoulli,
  categorical,
  gaussian,
  gaussianMixture,
  type Output,
  output,
  outputLatex,
  poisson,
  rowNll,
  sampleRow,
} from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";
import { relativeError } from "../oracle/examples.js";
import { stepNll } from "../oracle/outputs.js";
import { everyRowOp, laplace, unfused } from "../oracle/own-outputs.js";

const known: readonly Output[] = [
  bernoulli(5),
  categorical(4),
  gaussian(3),
  poisson(3),
  gaussianMixture(3, 4),
  laplace,
];

function targetOf({ target, targetSize, name }: Output, seed: number): Float64Array {
  const random = generator(seed, "target");
  const one = random.integer(targetSize);
  return Float64Array.from({ length: targetSize }, (_, j) => {
    if (target === "index") return Number(j === one);
    if (target === "keys") return Number(random.uniform() < 0.4);
    return name === "poisson" ? random.integer(6) : random.normal();
  });
}

describe.each(known)("$name in double precision", (of) => {
  it("has the NLL and gradient of its formula, for 20 readouts", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = generator(seed, "readout");
      const readout = Float64Array.from({ length: of.readoutSize }, () => 1.5 * random.normal());
      const target = targetOf(of, seed);
      const expected = stepNll(of, readout, target);
      const { nll, slope } = rowNll(of, readout, target);
      expect(relativeError([nll], [expected.nll])).toBeLessThan(1e-12);
      expect(relativeError(slope, expected.slope)).toBeLessThan(1e-9);
    }
  });

  it("comes back from its description, and draws the same", () => {
    const read = outputFrom(JSON.parse(JSON.stringify(of)));
    expect(read).toEqual(of);
    if (of.graph.sample === undefined) return;
    const readout = Float64Array.from({ length: of.readoutSize }, (_, j) => Math.sin(j));
    const draws = [of, read].map((o) => sampleRow(o, readout, generator(1, "draws")));
    expect(draws[0]).toEqual(draws[1]);
    expect(draws[0]).toHaveLength(of.targetSize);
  });
});

describe("the derivative on rows", () => {
  it.each([everyRowOp(4), unfused(gaussianMixture(2, 3)), ...known])(
    "is that of the NLL by central differences: $name",
    (of) => {
      for (let seed = 0; seed < 5; seed++) {
        const random = generator(seed, "readout");
        const readout = Float64Array.from({ length: of.readoutSize }, () => random.normal());
        const target = targetOf(of, seed);
        const h = 1e-6;
        const differences = readout.map((value, i) => {
          const at = (shift: number) => rowNll(of, readout.with(i, value + shift), target).nll;
          return (at(h) - at(-h)) / (2 * h);
        });
        expect(relativeError(rowNll(of, readout, target).slope, differences)).toBeLessThan(1e-7);
      }
    },
  );

  it("leaves out what does not depend on the readout: ln k! has none", () => {
    const { nodes } = rowDerivative(poisson(2).graph);
    expect(nodes.some(({ op }) => op === "digamma")).toBe(false);
  });
});

describe("a row's program", () => {
  it.each([everyRowOp(4), ...known])("never writes over what is still read: $name", (of) => {
    const { steps, readout, target, nll, slope, floats } = rowProgram(of);
    // carried out on names: every number of the row knows which step wrote it
    const owner = new Array<number>(floats).fill(-2);
    const span = ({ offset, shape }: typeof nll) =>
      Array.from({ length: sizeOf(shape) }, (_, j) => offset + j);
    for (const at of span(readout)) owner[at] = -1;
    if (target) for (const at of span(target)) owner[at] = -1;
    steps.forEach(({ to, inputs }, k) => {
      const read = inputs.flatMap((input) => span(input).map((at) => owner[at]));
      expect(read.includes(-2), `step ${k} reads what nothing wrote`).toBe(false);
      const inside = new Set(inputs.flatMap(span));
      for (const at of span(to)) {
        expect(inside.has(at), `step ${k} writes over what it reads`).toBe(false);
        owner[at] = k;
      }
    });
    for (const place of [nll, slope])
      expect(new Set(span(place).map((at) => owner[at])).size, "written in one piece").toBe(1);
  });
});

describe("drawing", () => {
  const shares = (of: Output, readout: number[], temperature = 1) => {
    const random = generator(3, "many");
    const sums = new Float64Array(of.targetSize);
    for (let n = 0; n < 4000; n++)
      sampleRow(of, Float64Array.from(readout), random, temperature).forEach((x, j) => {
        sums[j] += x / 4000;
      });
    return [...sums];
  };

  it("takes classes by softmax, sharpened by the temperature, and at 0 the likeliest", () => {
    const [a, , c] = shares(categorical(3), [0, Math.log(2), Math.log(5)]);
    expect(a).toBeCloseTo(1 / 8, 1.5);
    expect(c).toBeCloseTo(5 / 8, 1.5);
    expect(shares(categorical(3), [0, Math.log(2), Math.log(5)], 0.5)[2]).toBeCloseTo(25 / 30, 1.5);
    expect(shares(categorical(3), [0, 1, 2], 0)).toEqual([0, 0, expect.closeTo(1, 9)]);
  });

  it("takes counts by their rate, and at temperature 0 the likeliest", () => {
    const raw = (rate: number) => Math.log(Math.expm1(rate));
    const [low, high] = shares(poisson(2), [raw(0.5), raw(200)]);
    expect(low).toBeCloseTo(0.5, 1);
    expect(Math.abs(high - 200)).toBeLessThan(4 * Math.sqrt(200 / 4000));
    expect([...sampleRow(poisson(1), Float64Array.of(raw(3.5)), generator(1, "x"), 0)]).toEqual([
      3,
    ]);
  });

  it("refuses an output whose equations draw nothing", () => {
    expect(() => sampleRow(laplace, Float64Array.of(0, 0), generator(1, "x"))).toThrow(
      "sampling: expected an output that can be drawn from, got laplace",
    );
  });
});

describe("LaTeX", () => {
  it("defines what has a name, and the NLL last", () => {
    expect(outputLatex(categorical(65)).split("\n")[1]).toBe(
      "\\mathrm{NLL} &= \\log \\sum \\exp(y - {y}_{x})",
    );
    expect(outputLatex(gaussian(3)).split("\n").slice(1, -1)).toEqual([
      "\\mu &= y_{1 \\ldots 3} \\\\",
      "\\sigma &= \\operatorname{softplus}(y_{4 \\ldots 6}) + 0.01 \\\\",
      "z &= \\frac{x - \\mu}{\\sigma} \\\\",
      "\\mathrm{NLL} &= \\sum (0.5 \\, z^2 + \\log(\\sigma) + 0.91894)",
    ]);
  });
});

describe("recording refuses", () => {
  const sizes = { target: "values", targetSize: 2, readoutSize: 4 } as const;
  const keys = { target: "keys", targetSize: 2, readoutSize: 4 } as const;
  it.each<[string, () => Output, string]>([
    [
      "no keys",
      () => bernoulli(0),
      "bernoulli: expected a whole number of keys from 1 on, got 0; ",
    ],
    [
      "half a class",
      () => categorical(2.5),
      "expected a whole number of classes from 1 on, got 2.5",
    ],
    ["no number of numbers", () => gaussian(Number.NaN), "numbers from 1 on, got NaN"],
    ["fewer than no counts", () => poisson(-1), "poisson: expected a whole number of counts"],
    [
      "a size of its own that is none",
      () => output("a", { ...sizes, readoutSize: 0 }, ({ readout }) => ({ nll: readout })),
      "output a: readoutSize: expected a whole number from 1 on, got 0",
    ],
    [
      "another kind of target",
      () =>
        output("a", { ...sizes, target: "sounds" as never }, ({ readout }) => ({ nll: readout })),
      "expected a target of keys, index, values, got sounds",
    ],
    [
      "an NLL that is a list",
      () => output("a", sizes, ({ readout }) => ({ nll: readout })),
      "nll: expected a single number, got 1 × 4; sum it",
    ],
    [
      "no NLL",
      () => output("a", sizes, () => ({}) as never),
      "expected the equations to return { nll: … }, got none",
    ],
    [
      "an NLL that does not depend on the readout",
      () => output("a", sizes, ({ target, sum }) => ({ nll: sum(target) })),
      "nll: expected it to depend on the readout",
    ],
    [
      "random numbers in an NLL",
      () => output("a", sizes, ({ readout, sum, chance }) => ({ nll: sum(chance(readout)) })),
      "nll: expected no random numbers in it",
    ],
    [
      "shapes that do not meet",
      () =>
        output("a", sizes, ({ readout, target, minus, sum }) => ({
          nll: sum(minus(readout, target)),
        })),
      "expected values whose shapes meet, got 1 × 2 and 1 × 4",
    ],
    [
      "a part beyond the end",
      () => output("a", sizes, ({ readout, part, sum }) => ({ nll: sum(part(readout, 3, 2)) })),
      "part: expected numbers within the 4 there are, got 3 to 5",
    ],
    [
      "an index into numbers",
      () => output("a", sizes, ({ readout, target, at }) => ({ nll: at(readout, target) })),
      "at: expected a target of keys or an index, got one of values",
    ],
    [
      "an index into a list of another length",
      () => output("a", keys, ({ readout, target, at }) => ({ nll: at(readout, target) })),
      "at: expected a list of 2, got 1 × 4",
    ],
    [
      "a sample of another width",
      () =>
        output("a", sizes, ({ readout, sum, chance }) => ({
          nll: sum(readout),
          sample: chance(readout),
        })),
      "sample: expected 2 numbers, got 4",
    ],
    [
      "one name for two values",
      () =>
        output("a", sizes, ({ readout, named, exp, sum }) => ({
          nll: sum(named("u", exp(named("u", readout)))),
        })),
      "got u twice",
    ],
    [
      "a number that is none",
      () =>
        output("a", sizes, ({ readout, plus, sum }) => ({ nll: sum(plus(readout, Number.NaN)) })),
      "plus: expected a finite number, got NaN",
    ],
  ])("%s", (_, record, message) => {
    expect(record).toThrow(message);
  });
});

describe("a description", () => {
  const good = JSON.parse(JSON.stringify(gaussian(2)));
  const broken = (change: (graph: typeof good.graph, whole: typeof good) => void) => {
    const copy = structuredClone(good);
    change(copy.graph, copy);
    return copy;
  };
  it.each<[string, unknown]>([
    ["nothing", null],
    ["a shape that is not the operation's", broken((g) => (g.nodes[2].shape = [1, 9]))],
    [
      "a part beyond the end",
      broken((g) => (g.nodes.find((n: { op: string }) => n.op === "part").first = 9)),
    ],
    ["an operation that there is not", broken((g) => (g.nodes[3].op = "constructor"))],
    ["inputs that come later", broken((g) => (g.nodes[2].inputs = [5]))],
    ["another readout", broken((_, whole) => (whole.readoutSize = 3))],
    ["an NLL that is no value", broken((g) => (g.nll = 99))],
    ["an NLL that is a list", broken((g) => (g.nll = 1))],
    ["random numbers in the NLL", broken((g) => (g.nll = g.sample))],
    ["a target of numbers under an index", broken((_, whole) => (whole.target = "other"))],
  ])("is refused: %s", (_, value) => {
    expect(() => outputFrom(value)).toThrow();
  });
});
