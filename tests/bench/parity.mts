import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { mgu } from "./cases.mts";
import { bernoulli, cellNamed, type Engine, gaussianMixture } from "./library.mts";

/** Largest differences of an engine's loss and gradients from the float64 oracle, relative to the largest number of each array. */
export interface Parity {
  readonly cell: string;
  readonly output: string;
  readonly loss: number;
  readonly gradient: number;
}

/** A module of the tests' float64 oracle, bundled: they are TypeScript for the test runner. */
async function bundled(name: string): Promise<unknown> {
  const input = fileURLToPath(new URL(`../oracle/${name}.ts`, import.meta.url));
  const build = await rolldown({ input, platform: "node", resolve: { extensionAlias: { ".js": [".ts", ".js"] } } });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}

/** The paper's units at its sizes and a user's own cell, both outputs, sequences of different lengths. */
export async function parity(engine: Engine): Promise<Parity[]> {
  const { oracle } = (await bundled("oracle")) as typeof import("../oracle/oracle.js");
  const { randomModel, randomBatch, randomSound, relativeError, stateOf } = (await bundled(
    "examples",
  )) as typeof import("../oracle/examples.js");
  const lengths = Array.from({ length: 12 }, (_, i) => 40 - 3 * i);
  const found: Parity[] = [];
  for (const [unit, music, speech] of [
    [cellNamed("tanh"), 100, 400],
    [cellNamed("gru"), 46, 227],
    [cellNamed("lstm"), 36, 195],
    [mgu, 57, 280],
  ] as const)
    for (const [output, width, hiddenSize, batch] of [
      [bernoulli(88), 88, music, randomBatch(1, 88, lengths, 0.05)],
      [gaussianMixture(10), 20, speech, randomSound(1, 10, lengths)],
    ] as const) {
      const example = randomModel(unit, width, hiddenSize, 1, output);
      const wide = width === batch.input.width ? batch : { ...batch, input: randomSound(2, width, lengths).input };
      const expected = oracle(example.model, example.weights, wide);
      const session = await engine.open(example.model, stateOf(example.model, example.weights));
      const gradient = await session.gradient(wide);
      const sequences = await session.evaluate(wide);
      await session.close();
      const steps = wide.stepOffsets[wide.time];
      const nllPerStep = sequences.reduce((sum, { nll }) => sum + nll, 0) / steps;
      const worst = Math.max(...[...expected.gradient].map(([name, values]) => relativeError(gradient.get(name) ?? [], values)));
      found.push({
        cell: unit.name,
        output: output.kind,
        loss: Math.abs(nllPerStep / expected.nllPerStep - 1),
        gradient: worst,
      });
    }
  return found;
}
