import { paperCells } from "../../lib/cells/index.js";
import { paperHiddenSizes } from "../../lib/cells/size.js";
import type { Engine } from "../../lib/engines/engine.js";
import { bernoulli, gaussianMixture } from "../../lib/outputs/index.js";
import { mgu } from "./cells.js";
import { randomBatch, randomModel, randomSound, relativeError, stateOf } from "./examples.js";
import { oracle } from "./oracle.js";

/** How far an engine is from the float64 oracle on one model: differences relative to the largest number of each array. */
export interface Parity {
  readonly cell: string;
  readonly output: string;
  readonly loss: number;
  /** The largest over all parameters. */
  readonly gradient: number;
}

const lengths = Array.from({ length: 12 }, (_, i) => 40 - 3 * i);

/** The paper's units at the paper's sizes, and a user's own of about as many parameters; 12 sequences of 7 to 40 steps. */
export async function parity(engine: Engine): Promise<Parity[]> {
  const found: Parity[] = [];
  for (const cell of [...paperCells, mgu])
    for (const kind of ["music", "speech"] as const) {
      const hiddenSize = paperHiddenSizes[kind][cell.name] ?? { music: 57, speech: 280 }[kind];
      const [output, inputSize] =
        kind === "music" ? [bernoulli(88), 88] : [gaussianMixture(10), 20];
      const { model, weights } = randomModel(cell, inputSize, hiddenSize, 1, output);
      const batch =
        kind === "music"
          ? randomBatch(1, 88, lengths, 0.05)
          : { ...randomSound(1, 10, lengths), input: randomSound(2, inputSize, lengths).input };
      const expected = oracle(model, weights, batch);
      const session = await engine.open(model, stateOf(model, weights));
      const gradient = await session.gradient(batch);
      const sequences = await session.evaluate(batch);
      await session.close();
      const nll = sequences.reduce((sum, s) => sum + s.nll, 0) / batch.stepOffsets[batch.time];
      const errors = [...expected.gradient].map(([name, values]) =>
        relativeError(gradient.get(name) ?? [], values),
      );
      found.push({
        ...{ cell: cell.name, output: output.name },
        ...{ loss: Math.abs(nll / expected.nllPerStep - 1), gradient: Math.max(...errors) },
      });
    }
  return found;
}
