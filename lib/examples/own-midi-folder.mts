// Your own music: trains a GRU on a folder (or zip archive) of MIDI files and makes a new piece up.
//
//   node lib/examples/own-midi-folder.mts FOLDER [EPOCHS]
//
// Pieces in folders train/, valid/ and test/ are these splits; else they are split by a seeded rule.
import { writeFileSync } from "node:fs";
import { baselinesOf, gru, sampleMusic, train } from "gated-rnn";
import { midiBytes, musicFromMidiFolder } from "gated-rnn/data";

const [folder, epochs = "50"] = process.argv.slice(2);
if (!folder) throw new Error("name a folder of MIDI files");

const { dataset, refused } = await musicFromMidiFolder(folder);
console.log(`${dataset.train.length} pieces to train on, ${refused.length} files left out`);

const trained = await train({ dataset, cell: gru, epochs: Number(epochs) });
console.log(`test NLL ${trained.record.results.test.nllPerStep.toFixed(3)} nats per step`);
for (const { name, test } of await baselinesOf(dataset))
  console.log(`  ${name}, without a network: ${test.nllPerStep.toFixed(3)}`);

const piece = await sampleMusic(trained, { steps: 64, seed: 1 });
writeFileSync("new-piece.mid", midiBytes(piece, { stepsPerQuarter: 2 }));
console.log("written: new-piece.mid");
