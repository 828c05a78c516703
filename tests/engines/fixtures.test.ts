import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Cell, cell } from "../../lib/cells/cell.js";
import { paperCells } from "../../lib/cells/index.js";
import type { Batch } from "../../lib/data/batch.js";
import type { Engine } from "../../lib/engines/engine.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { packed, relativeError, stateOf } from "../oracle/examples.js";
import { availableEngines } from "./available.js";

/** Made by tests/fixtures/make.py with PyTorch in float64: 200 steps, ragged lengths. */
interface Fixture {
  readonly width: number;
  readonly hiddenSize: number;
  readonly pieces: number[][][];
  readonly cells: Record<
    string,
    { weights: Numbers; nll: number[]; lastHidden: number[][]; gradient: Numbers }
  >;
}
type Numbers = Record<string, number[]>;

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/torch.json", import.meta.url), "utf8"),
);
const pieces = fixture.pieces.map((steps) => ({
  input: steps.slice(0, -1),
  target: steps.slice(1),
}));
const batch = packed(fixture.width, pieces);

interface Difference {
  /** Of NLL and last hidden states. */
  readonly forward: number;
  /** The worst over all parameters. */
  readonly gradient: number;
}

/** The worst relative differences to PyTorch's numbers for the cell of that name. Parameters that PyTorch's cell lacks are zero. */
async function differenceFromTorch(
  engine: Engine,
  unit: Cell,
  name = unit.name,
  over: Batch = batch,
): Promise<Difference> {
  const expected = fixture.cells[name];
  const m = model(unit, fixture.width, fixture.hiddenSize, bernoulli(fixture.width));
  const weights = new Map(
    m.parameters.map((p) => [
      p.name,
      Float64Array.from(
        expected.weights[p.name.replace("W_x of ", "W_")] ?? new Float64Array(fixture.hiddenSize),
      ),
    ]),
  );
  const session = await engine.open(m, stateOf(m, weights));
  const nll = (await session.evaluate(over)).map((s) => s.nll);
  const h = (await session.trace(over)).values.get("h") as Float32Array;
  const gradient = await session.gradient(over);
  await session.close();
  const last = expected.lastHidden.flatMap((_, b) => {
    const row = over.stepOffsets[over.lengths[b] - 1] + b;
    return [...h.slice(row * fixture.hiddenSize, (row + 1) * fixture.hiddenSize)];
  });
  const errors = Object.entries(expected.gradient).map(([p, g]) =>
    relativeError(gradient.get(p) ?? [], g),
  );
  const forward = Math.max(
    relativeError(nll, expected.nll),
    relativeError(last, expected.lastHidden.flat()),
  );
  return { forward, gradient: Math.max(...errors) };
}

describe.each(await availableEngines())("the $build engine", (engine) => {
  it.each(paperCells)("agrees with PyTorch on $name over 200 steps", async (unit) => {
    const { forward, gradient } = await differenceFromTorch(engine, unit);
    expect(forward).toBeLessThan(1e-5);
    expect(gradient).toBeLessThan(1e-5);
  });
});

describe("the comparison with PyTorch notices", () => {
  const mutants: [string, string, Cell][] = [
    [
      "z and 1 − z swapped",
      "gru",
      cell("keras-z", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
        const r = sigmoid(affine("r", x, h));
        const z = sigmoid(affine("z", x, h));
        return { h: plus(times(z, h), times(oneMinus(z), tanh(affine("c", x, times(r, h))))) };
      }),
    ],
    [
      "the reset gate behind the product",
      "gru",
      cell(
        "reset-after",
        ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
          const r = sigmoid(affine("r", x, h));
          const z = sigmoid(affine("z", x, h));
          const c = tanh(plus(affine("x of c", x), times(r, affine("c", h)))); // W x + r ⊙ (U h + b)
          return { h: plus(times(oneMinus(z), h), times(z, c)) };
        },
      ),
    ],
    ...["i", "f", "o"].map((dropped): [string, string, Cell] => [
      `the peephole of ${dropped} dropped`,
      "lstm",
      lstmWithoutPeephole(dropped),
    ]),
    ["the output gate seeing the old memory", "lstm", lstmWithoutPeephole("", true)],
  ];
  it.each(mutants)("%s", async (_, name, mutant) => {
    const [engine] = await availableEngines();
    expect((await differenceFromTorch(engine, mutant, name)).forward).toBeGreaterThan(1e-3);
  });

  it("sequences that do not end: silence after the end counted as music", async () => {
    const [engine] = await availableEngines();
    const longest = Math.max(...pieces.map((p) => p.input.length));
    const fill = (steps: number[][]) => [
      ...steps,
      ...Array.from({ length: longest - steps.length }, () => []),
    ];
    const padded = packed(
      fixture.width,
      pieces.map((p) => ({ input: fill(p.input), target: fill(p.target) })),
    );
    expect(
      (await differenceFromTorch(engine, paperCells[0], "tanh", padded)).forward,
    ).toBeGreaterThan(1e-3);
  });
});

function lstmWithoutPeephole(dropped: string, oldMemory = false): Cell {
  return cell(
    "lstm-mutant",
    ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
      const before = previous("c");
      const gate = (name: string, memory = before) =>
        sigmoid(
          name === dropped ? affine(name, x, h) : plus(affine(name, x, h), peephole(name, memory)),
        );
      const c = plus(times(gate("f"), before), times(gate("i"), tanh(affine("c", x, h))));
      return { h: times(gate("o", oldMemory ? before : c), tanh(c)), c };
    },
  );
}
