// A trained model at work, step by step: what it hears goes in, what it expects next comes out, and it remembers.
//
//   node lib/examples/streaming.mts
import { gru, openMusic, stream, train } from "gated-rnn";

const dataset = await openMusic("synthetic");
const trained = await train({ dataset, cell: gru, epochs: 1, batchSize: 16 });
const live = await stream(trained);

// one step at a time: the keys that sound now → a logit for every key of the next step
for (const keys of [[39, 43, 46], [39, 43, 46], [41]]) {
  const logits = live.stepSparse(keys);
  const likeliest = logits.indexOf(Math.max(...logits));
  const update = live.gate("z"); // every gate of the step, by its name in the equations
  const mean = update.reduce((sum, z) => sum + z, 0) / update.length;
  console.log(`heard ${keys}; likeliest next: key ${likeliest}; mean of z ${mean.toFixed(3)}`);
}

// put aside as plain arrays, and gone on with later, in another process too
const saved = JSON.stringify(live.state());
const before = [...live.stepSparse([41])];
live.restore(JSON.parse(saved));
const same = live.stepSparse([41]).every((logit, key) => logit === before[key]);
console.log(`restored: ${same ? "the same prediction" : "another prediction"}`);
live.close();

// many listeners side by side, each with a memory of its own
const many = await stream(trained, { streams: 100 });
const silence = new Float32Array(100 * many.model.inputSize);
let seconds = performance.now() / -1000;
for (let t = 0; t < 1000; t++) many.step(silence);
seconds += performance.now() / 1000;
console.log(`${Math.round(100_000 / seconds).toLocaleString("en")} steps a second`);
many.close();
