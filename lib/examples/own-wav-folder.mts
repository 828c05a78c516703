// Your own sound: trains a GRU on a folder (or zip archive) of WAV files and makes new sound up.
//
//   node lib/examples/own-wav-folder.mts FOLDER [EPOCHS]
//
// At each step the network sees 20 samples and predicts the next ten. Recordings of one folder stay
// together in one split: put each speaker into a folder.
import { writeFileSync } from "node:fs";
import { gru, openTask, sampleSpeech, soundOf, train } from "gated-rnn";
import { wavBytes } from "gated-rnn/data";

const [folder, epochs = "10"] = process.argv.slice(2);
if (!folder) throw new Error("name a folder of WAV files");

const { task, notices } = await openTask(folder, { sequenceSamples: 2000 });
for (const notice of notices) console.log(notice);

// fewer units than the paper's 227, to be done sooner
const trained = await train({ task, cell: gru, hiddenSize: 64, epochs: Number(epochs) });
console.log(`test NLL ${trained.record.results.test.nllPerStep.toFixed(3)} nats per ten samples`);

if (trained.units.kind !== "speech") throw new Error("expected sound");
const { sampleRateHz } = trained.units;
const samples = await sampleSpeech(trained, { samples: 2 * sampleRateHz, seed: 1 });
writeFileSync("new-sound.wav", wavBytes([soundOf(samples, trained.units)], sampleRateHz));
console.log("written: new-sound.wav");
