import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { cells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { openEngine, stream } from "../../lib/engines/index.js";
import { bernoulli, gaussianMixture } from "../../lib/outputs/index.js";
import { delayLine, everyOp, mgu } from "../oracle/cells.js";
import { packed, randomModel, randomSound, relativeError, stateOf } from "../oracle/examples.js";
import { dense, oracle } from "../oracle/oracle.js";
import { stepNll } from "../oracle/outputs.js";
import { engines } from "./native/builds.js";

const builds = await engines();
const all = [...cells, mgu, everyOp, delayLine, stack(gru, lstm), stack(everyOp, gru)];

describe.each(builds)("streams on the $build engine", (engine) => {
  it.each(all)(
    "of $name predict, and show every gate, as the float64 oracle does",
    async (cell) => {
      const { model, weights } = randomModel(cell, 3, 5, 11, gaussianMixture(3, 2));
      const batch = randomSound(4, 3, [9]);
      const expected = oracle(model, weights, batch);
      const network = await stream(
        { model, parameters: stateOf(model, weights).parameters },
        { engine },
      );
      const row = (values: Float64Array, t: number) => values.subarray(3 * t, 3 * t + 3);
      let nll = 0;
      for (let t = 0; t < batch.time; t++) {
        const readout = network.step(row(dense(batch.input), t));
        nll += stepNll(model.output, Float64Array.from(readout), row(dense(batch.target), t)).nll;
        for (const [name, values] of expected.trace)
          expect(
            relativeError(network.gate(name), values.subarray(5 * t, 5 * t + 5)),
            `${name} at ${t}`,
          ).toBeLessThan(1e-5);
      }
      expect(nll / expected.sequences[0].nll).toBeCloseTo(1, 5);
      network.close();
    },
  );

  it("side by side are those that run alone, dense or sparse, from any state that was saved", async () => {
    const { model, weights } = randomModel(stack(gru, lstm), 7, 19, 3, bernoulli(7));
    const trained = { model, parameters: stateOf(model, weights).parameters };
    const keys = [
      [[0, 3], [], [6, 1]],
      [[2], [5, 4], []],
      [[], [1], [0, 1, 2, 3, 4, 5, 6]],
    ];
    const wide = await stream(trained, { engine, streams: 3 });
    const alone = await Promise.all([0, 1, 2].map(() => stream(trained, { engine })));
    const row = (sounding: number[]) => Array.from({ length: 7 }, (_, k) => +sounding.includes(k));
    let middle = "";
    const readouts: number[][] = [];
    for (let t = 0; t < 3; t++) {
      const now = keys.map((streams) => streams[t]);
      const offsets = [0, now[0].length, now[0].length + now[1].length, now.flat().length];
      const together =
        t % 2 ? wide.step(now.flatMap(row)) : wide.stepSparse(now.flat(), Int32Array.from(offsets));
      expect(together).toHaveLength(21);
      readouts.push([...together]);
      alone.forEach((one, s) => {
        const apart = t % 2 ? one.stepSparse(now[s]) : one.step(row(now[s]));
        expect(relativeError(together.subarray(7 * s, 7 * s + 7), apart)).toBeLessThan(1e-5);
        expect(
          relativeError(wide.gate("i.2").subarray(19 * s, 19 * s + 19), one.gate("i.2")),
        ).toBeLessThan(1e-5);
      });
      if (t === 0) middle = JSON.stringify(wide.state());
    }
    const other = await stream(trained, { engine, streams: 3 });
    other.restore(JSON.parse(middle));
    expect(Object.keys(other.state())).toEqual(["h", "c.2", "h.1"]);
    const now = keys.map((streams) => streams[1]);
    expect([...other.step(now.flatMap(row))]).toEqual(readouts[1]);
    // begins anew: all of them, or one
    wide.reset();
    expect([
      ...wide.stepSparse(
        keys.flatMap((k) => k[0]),
        [0, 2, 3, 3],
      ),
    ]).toEqual(readouts[0]);
    alone[1].reset();
    wide.reset(1);
    const [again, fresh] = [wide.stepSparse([5], [0, 0, 1, 1]), alone[1].stepSparse([5])];
    expect(relativeError(again.subarray(7, 14), fresh)).toBeLessThan(1e-5);
  });

  it("have the bits of the engine's own evaluation of the same piece", async () => {
    const { model, weights } = randomModel(gru, 88, 46, 1);
    const steps = [[1, 5, 80], [3], [], [87, 0]];
    const batch = packed(88, [{ input: steps, target: steps }]);
    const session = await engine.open(model, stateOf(model, weights));
    const traced = (await session.trace(batch)).values.get("h") as Float32Array;
    const network = await stream(
      { model, parameters: stateOf(model, weights).parameters },
      { engine },
    );
    steps.forEach((keys, t) => {
      network.stepSparse(keys);
      expect(network.gate("h")).toEqual(traced.slice(46 * t, 46 * t + 46));
    });
    await session.close();
  });

  it("refuse what makes no sense, and stay as they were", async () => {
    const { model, weights } = randomModel(gru, 3, 5, 11);
    const trained = { model, parameters: stateOf(model, weights).parameters };
    const network = await stream(trained, { engine });
    const two = await stream(trained, { engine, streams: 2 });
    network.step([1, 0, 0]);
    const before = network.state();
    const refusals: [() => unknown, string][] = [
      [() => network.step([1, 2]), "expected an input of 3 numbers, got 2"],
      [() => network.step([1, Number.NaN, 0]), "got NaN at place 1 of the input"],
      [() => network.step([0, 0, 1e39]), "in single precision, got 1e+39 at place 2"],
      [() => network.stepSparse([3]), "expected columns from 0 to 2, got 3"],
      [() => network.stepSparse([0.5]), "expected columns from 0 to 2, got 0.5"],
      [() => network.stepSparse([1, 1]), "expected every column of a stream once, got 1 twice"],
      [() => network.stepSparse([1], [0, 2]), "expected 2 offsets rising from 0 to 1, got 0, 2"],
      [() => two.stepSparse([1]), "expected offsets of the columns of 2 streams, got none"],
      [() => network.gate("q"), "expected a gate or state out of r, z, c, h, got q"],
      [() => network.restore({}), "expected the states h, got none"],
      [() => network.restore({ h: [1] }), "expected 5 numbers of h, got 1"],
      [
        () => network.restore({ h: [1, 2, 3, 4, Number.POSITIVE_INFINITY] }),
        "expected finite numbers of h, got Infinity",
      ],
      [() => two.reset(2), "expected a stream from 0 to 1, got 2"],
    ];
    for (const [act, message] of refusals) expect(act, message).toThrow(message);
    expect(network.state()).toEqual(before);
    network.close();
    expect(() => network.step([1, 0, 0])).toThrow("expected an open stream");
    await expect(stream(trained, { engine, streams: 0 })).rejects.toThrow("got 0");
    const missing = { model, parameters: new Map() };
    await expect(stream(missing, { engine })).rejects.toThrow("W_r");
    const broken = new Map(trained.parameters).set("b_r", new Float32Array(5).fill(Number.NaN));
    await expect(stream({ model, parameters: broken }, { engine })).rejects.toThrow("b_r");
  });
});

it("an engine without streams is refused, and another named", async () => {
  const { model, weights } = randomModel(gru, 3, 5, 11);
  const engine = await openEngine("reference", "cpu");
  await expect(
    stream({ model, parameters: stateOf(model, weights).parameters }, { engine }),
  ).rejects.toThrow("expected an engine with streams, got reference; use native or native-wasm");
});
