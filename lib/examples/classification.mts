// Classes of whole sequences: which of three movements does a series of positions show?
//
//   node lib/examples/classification.mts [EPOCHS]
//
// A sequence's one target is predicted at its last step. Targets of every step are an array of them.
import { baselinesOf, generator, gru, sequenceTask, train } from "gated-rnn";

const [epochs = "30"] = process.argv.slice(2);
const random = generator(1, "movements");

/** A walk of 20 to 40 steps that goes to and fro, in a circle, or nowhere, with a shaking hand. */
const movements = {
  waving: (t: number) => [Math.sin(t / 2), 0],
  circling: (t: number) => [Math.sin(t / 2), Math.cos(t / 2)],
  resting: () => [0, 0],
};
const sequences = Object.entries(movements).flatMap(([target, position]) =>
  Array.from({ length: 60 }, () => {
    const begun = 12 * random.uniform();
    const input = Array.from({ length: 20 + random.integer(20) }, (_, t) =>
      position(t + begun).map((x) => x + 0.5 * random.normal()),
    );
    return { input, target };
  }),
);

const task = sequenceTask({ name: "movements", sequences, synthetic: true });
const { record } = await train({ task, cell: gru, epochs: Number(epochs), learningRate: 3e-3 });

// in nats per sequence: ln 3 = 1.099 is guessing, 0 is certainty
console.log(`GRU: ${record.results.test.nllPerStep.toFixed(3)}`);
for (const { name, test } of await baselinesOf(task))
  console.log(`${name}, without a network: ${test.nllPerStep.toFixed(3)}`);
