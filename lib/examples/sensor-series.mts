// Series of numbers: learns to predict the next readings of two sensors from all before.
//
//   node lib/examples/sensor-series.mts [EPOCHS]
//
// Here the readings are made up. For CSV files: const { task } = await openTask("folder-or-file.csv"),
// or without a script: gated-rnn train --data folder-or-file.csv
import { baselinesOf, generator, gru, sequenceTask, train } from "gated-rnn";

const [epochs = "30"] = process.argv.slice(2);

/** Forty days of 96 readings: a warm and a cold half, and a fan that follows the warmth. */
const random = generator(1, "sensors");
const days = Array.from({ length: 40 }, () => {
  const phase = 6 * random.uniform();
  const warmth = (t: number) => 21 + 4 * Math.sin(t / 12 + phase);
  return Array.from({ length: 96 }, (_, t) => [
    warmth(t) + 0.2 * random.normal(),
    50 * Math.max(0, warmth(t - 3) - 22) + random.normal(),
  ]);
});

const task = sequenceTask({
  name: "sensors",
  sequences: days, // split by a seeded rule; or give train, valid and test
  columns: ["degrees", "fan"],
  synthetic: true,
});
const { record } = await train({ task, cell: gru, epochs: Number(epochs), learningRate: 3e-3 });

// all in nats per step of the normalised readings: lower is better
console.log(`GRU: ${record.results.test.nllPerStep.toFixed(3)}`);
for (const { name, test } of await baselinesOf(task))
  console.log(`${name}, without a network: ${test.nllPerStep.toFixed(3)}`);
