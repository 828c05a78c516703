// Text by characters: trains a GRU on a text file and lets it go on writing.
//
//   node lib/examples/text.mts FILE [EPOCHS]
//
// The first four fifths of the text are for training, the last for validation and test.
import { readFileSync } from "node:fs";
import { baselinesOf, gru, sampleText, textTask, train } from "gated-rnn";

const [file, epochs = "20"] = process.argv.slice(2);
if (!file) throw new Error("name a text file");

const task = textTask(readFileSync(file, "utf8"));
const trained = await train({
  task,
  cell: gru,
  hiddenSize: 128,
  epochs: Number(epochs),
  learningRate: 3e-3,
});

// in nats per character: divided by ln 2 it is bits
console.log(`GRU: ${trained.record.results.test.nllPerStep.toFixed(3)}`);
for (const { name, test } of await baselinesOf(task))
  console.log(`${name}, without a network: ${test.nllPerStep.toFixed(3)}`);
console.log(await sampleText(trained, { steps: 300, temperature: 0.7, seed: 1 }));
