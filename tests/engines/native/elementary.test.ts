import { describe, expect, it } from "vitest";
import { type Cell, cell } from "../../../lib/cells/cell.js";
import type { Batch } from "../../../lib/data/batch.js";
import type { Kernels } from "../../../lib/engines/native/kernels.js";
import { NativeSession } from "../../../lib/engines/native/session.js";
import { initialState } from "../../../lib/model/initialise.js";
import { model } from "../../../lib/model/model.js";
import { bernoulli } from "../../../lib/outputs/index.js";
import { builds } from "./builds.js";

/** Errors in units in the last place of the exact result in single precision; measured maxima stand in c/vector.h. */
const functions: {
  name: string;
  unit: Cell;
  exact: (x: number) => number;
  from: number;
  to: number;
  limit: number;
}[] = [
  { name: "exp", unit: of("exp"), exact: Math.exp, from: -87.3, to: 88.7, limit: 1 },
  { name: "log", unit: of("log"), exact: Math.log, from: 2 ** -126, to: 3.4e38, limit: 1 },
  {
    name: "sigmoid",
    unit: of("sigmoid"),
    exact: (x) => 1 / (1 + Math.exp(-x)),
    from: -87.3,
    to: 3.4e38,
    limit: 3,
  },
  { name: "tanh", unit: of("tanh"), exact: Math.tanh, from: -3.4e38, to: 3.4e38, limit: 2 },
  {
    name: "softplus",
    unit: of("softplus"),
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    from: -87.3,
    to: 3.4e38,
    limit: 2,
  },
];

function of(name: "exp" | "log" | "sigmoid" | "tanh" | "softplus"): Cell {
  return cell(`only-${name}`, (v) => ({ h: v[name](v.affine("a", v.input)) }));
}

/** f(x) by an engine: a layer of one unit whose weight is 1 and whose bias is 0. */
async function apply(kernels: Kernels, unit: Cell, x: Float32Array): Promise<Float32Array> {
  const m = model(unit, 1, 1, bernoulli(1));
  const parameters = new Map(
    m.parameters.map(({ name }) => [name, Float32Array.of(name === "W_a" ? 1 : 0)]),
  );
  const session = new NativeSession(kernels, m, { ...initialState(m, 0), parameters }, 1); // an engine's door lets no NaN in
  const size = x.length;
  const batch: Batch = {
    size,
    time: 1,
    lengths: new Int32Array(size).fill(1),
    stepOffsets: Int32Array.of(0, size),
    sources: Int32Array.from(x, (_, i) => i),
    input: { kind: "dense", width: 1, values: x },
    target: {
      kind: "sparse",
      width: 1,
      offsets: new Int32Array(size + 1),
      columns: new Int32Array(0),
    },
  };
  const { values } = await session.trace(batch);
  await session.close();
  return values.get("a") as Float32Array; // a nonlinearity of an affine product has that one's name
}

/** Every 16,381st float there is, and 2^17 evenly spaced ones from −20 to 20. */
function sweep(): Float32Array {
  const stride = 16381;
  const bits = Uint32Array.from({ length: Math.floor(2 ** 32 / stride) }, (_, i) => i * stride);
  const even = Float32Array.from(
    { length: 2 ** 17 },
    (_, i) => (i - 2 ** 16 + 0.5) * (20 / 2 ** 16),
  );
  return Float32Array.from([...new Float32Array(bits.buffer), ...even]);
}

/** The addon flushes what is smaller than a normal number to 0. */
function unitsInTheLastPlace(actual: number, exact: number): number {
  if (actual === 0 && Math.abs(exact) < 2 ** -126) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

const all = sweep();

describe.each(await builds())("the elementary functions of $build", (kernels) => {
  it.each(functions)(
    "$name is within $limit units in the last place from $from to $to",
    async ({ name, unit, exact, from, to, limit }) => {
      const x = all.filter((v) => v >= from && v <= to);
      const y = await apply(kernels, unit, x);
      let worst = 0;
      let at = 0;
      y.forEach((value, i) => {
        const error = unitsInTheLastPlace(value, exact(x[i]));
        if (!(error <= worst)) [worst, at] = [error, x[i]];
      });
      if (process.env.GATED_RNN_SHOW_ERRORS)
        console.log(`${kernels.build} ${name}: ${worst.toFixed(3)} ulp at ${at} of ${x.length}`);
      expect(worst, `at ${at}`).toBeLessThan(limit);
    },
  );

  it("meet their limits at the ends, and let NaN through", async () => {
    const x = Float32Array.of(
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -1e30,
      -200,
      -0,
      0,
      200,
      1e30,
      Number.POSITIVE_INFINITY,
    );
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    const ends: Record<string, number[]> = {
      exp: [nan, 0, 0, 0, 1, 1, inf, inf, inf],
      sigmoid: [nan, 0, 0, 0, 0.5, 0.5, 1, 1, 1],
      tanh: [nan, -1, -1, -1, 0, 0, 1, 1, 1],
      log: [
        nan,
        nan,
        nan,
        nan,
        -inf,
        -inf,
        Math.fround(Math.log(200)),
        Math.fround(Math.log(Math.fround(1e30))),
        inf,
      ],
      softplus: [
        nan,
        0,
        0,
        0,
        Math.fround(Math.LN2),
        Math.fround(Math.LN2),
        200,
        Math.fround(1e30),
        inf,
      ],
    };
    for (const { name, unit } of functions)
      expect(
        [...(await apply(kernels, unit, x))].map((v) => v + 0),
        name,
      ).toEqual(ends[name]);
  });
});
