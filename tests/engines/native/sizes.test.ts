import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { paperCells } from "../../../lib/cells/index.js";
import { lstm } from "../../../lib/cells/lstm.js";
import { stack } from "../../../lib/cells/stack.js";
import { delayLine, everyOp, mgu } from "../../oracle/cells.js";
import { randomBatch, randomModel, relativeError } from "../../oracle/examples.js";
import { oracle } from "../../oracle/oracle.js";
import { engines } from "./builds.js";

/** Single precision over up to 200 steps; measured: loss 2.5e-7, gradient 3.8e-6 (GATED_RNN_SHOW_ERRORS=1 prints them). */
const tolerance = { loss: 1e-5, gradient: 1e-4 };

const ragged = (count: number, longest: number) =>
  Array.from({ length: count }, (_, i) => 1 + ((longest - 1) * (count - i)) / count).map(
    Math.round,
  );

const shapes = [
  { hiddenSize: 1, width: 1, lengths: [200] },
  { hiddenSize: 1, width: 88, lengths: ragged(16, 2) },
  { hiddenSize: 3, width: 88, lengths: ragged(5, 200) },
  { hiddenSize: 17, width: 31, lengths: new Array<number>(16).fill(1) },
  { hiddenSize: 17, width: 33, lengths: ragged(16, 200) },
  { hiddenSize: 46, width: 88, lengths: ragged(16, 200) },
  { hiddenSize: 46, width: 88, lengths: [2] },
  { hiddenSize: 227, width: 420, lengths: [2, 2, 2, 2, 1] },
];
const all = await engines();

describe.each([...paperCells, mgu, everyOp, delayLine, stack(gru, lstm)])(
  "loss and gradient of $name",
  (cell) => {
    it.each(shapes)(
      "equal the float64 oracle's in every build: hidden $hiddenSize, width $width, lengths $lengths",
      async (shape) => {
        const { model, weights } = randomModel(cell, shape.width, shape.hiddenSize, 9);
        // recurrent weights of about the same gain at every size, so that 200 steps do not turn rounding into chaos
        for (const [name, w] of weights)
          if (name.startsWith("U"))
            weights.set(
              name,
              w.map((v) => Math.fround(v / Math.sqrt(1 + shape.hiddenSize / 25))),
            );
        const batch = randomBatch(4, shape.width, shape.lengths);
        const expected = oracle(model, weights, batch);
        const parameters = new Map([...weights].map(([name, w]) => [name, Float32Array.from(w)]));
        const state = { parameters, optimiser: new Map(), updates: 0 };
        for (const engine of all) {
          for (const threads of engine.build.includes("addon") ? [1, 2, 3] : [1]) {
            const session = await engine.open(model, state, { threads });
            const nll = (await session.evaluate(batch)).map((s) => s.nll);
            const loss = relativeError(
              nll,
              expected.sequences.map((s) => s.nll),
            );
            const gradient = await session.gradient(batch);
            const errors = [...expected.gradient].map(([name, g]): [string, number] => [
              name,
              relativeError(gradient.get(name) ?? [], g),
            ]);
            const [worst, error] = errors.reduce((a, b) => (b[1] > a[1] ? b : a));
            const where = `${engine.build}, ${threads} threads`;
            if (process.env.GATED_RNN_SHOW_ERRORS)
              console.log(
                `ERROR ${cell.name} ${shape.hiddenSize} ${where}: loss ${loss.toExponential(1)} gradient ${error.toExponential(1)} ${worst}`,
              );
            expect(loss, where).toBeLessThan(tolerance.loss);
            expect(error, `${where}: ${worst}`).toBeLessThan(tolerance.gradient);
            await session.close();
          }
        }
      },
    );
  },
);
