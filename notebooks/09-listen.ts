// %% [markdown]
// # Listen: what the networks make up
//
// A network that predicts can be made to *invent*: let it say how likely each key is, roll the
// dice, and give it the result as its next input. What comes out was never written by anybody. It
// is also the most merciless way to hear what a score means. A difference of half a nat on paper
// can be the difference between noise and something that wants to be music.
//
// Three units, three moments of their training. They are trained here, for a few seconds; nothing
// is prepared.

// %%
import { defaultEngine, openMusic, paperCells, type TrainResult, train } from "gated-rnn";
import { beginningOf, notesAt, type PianoRoll } from "gated-rnn/data";
import { cellTitle } from "gated-rnn/show";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const { stepsPerQuarter = 1 } = dataset;
const engine = await defaultEngine();
const rates: Record<string, number> = { tanh: 2e-4, gru: 3e-4, lstm: 1e-3 };
const moments = engine.name === "reference" ? [1] : [1, 10, 80];

// %%
const learned: (TrainResult & { epochs: number })[] = [];
for (const cell of paperCells)
  for (const epochs of moments) {
    const how = { epochs, learningRate: rates[cell.name] };
    learned.push({ epochs, ...(await train({ dataset, cell, engine, ...how })) });
  }
const title = ({ epochs, model }: (typeof learned)[number]) =>
  `${cellTitle(model.cell.name)}, ${epochs} epoch${epochs === 1 ? "" : "s"}`;
for (const one of learned)
  console.log(`${title(one)}: test NLL ${one.record.results.test.nllPerStep.toFixed(2)}`);

// %% [markdown]
// ## Predict
//
// 1. A model that knows only *how often* each key sounds: what is wrong with its music?
// 2. After how many of these epochs do you expect the voices to move by steps?
//
// ## A first, a tenth and an eightieth epoch
//
// Each piece is 16 quarter notes, made with the same dice. All of them begin after the same two
// bars of a real chorale, which are not played.

// %%
import { sampleMusic, show, soundOfMusic } from "gated-rnn";

const sampleRateHz = 8000;
const primer = beginningOf(dataset.test[4], 8);
const compose = async (model: TrainResult, temperature = 1, seed = 3) => {
  const roll = await sampleMusic(model, { steps: 16, seed, temperature, primer });
  return { roll, samples: soundOfMusic(roll, { stepsPerQuarter, sampleRateHz, beatsPerMinute: 120 }) };
};
const played = await Promise.all(
  learned.map(async (one) => ({ title: title(one), sampleRateHz, ...(await compose(one)) })),
);
show.audio(...played);

// %% [markdown]
// What to listen for: after one epoch the right *keys* are there (it stays in the scale), and
// nothing else. After eighty, notes are held, the bass walks, and now and then something like a
// cadence comes by. Nothing goes anywhere: to plan a phrase takes more than 20,000 parameters and
// one-step predictions. And one thing training does *not* mend. Count the voices:

// %%
const fourVoices = (rolls: readonly PianoRoll[]) => {
  const notes = rolls.flatMap((roll) => Array.from({ length: roll.length }, (_, t) => notesAt(roll, t)));
  return Math.round((100 * notes.filter((chord) => chord.length === 4).length) / notes.length);
};
console.log(`real chorales: ${fourVoices(dataset.test)} % of steps have four notes`);
for (const one of learned) {
  const rolls = await Promise.all(
    [1, 2, 3, 4].map((seed) => sampleMusic(one, { steps: 200, seed, primer })),
  );
  console.log(`${title(one)}: ${fourVoices(rolls)} %`);
}

// %% [markdown]
// In a chorale four voices sing nearly all the time. The networks hit exactly four notes in about a
// quarter of their steps, after one epoch and after eighty. They cannot do better, whatever they
// have learnt, because **each key is drawn on its own**: where two notes are equally good, a model
// that could choose would take one of them; ours takes both, one, or none. The score pays for it at
// every step, and no better memory can help. Outputs that draw the notes of a chord *jointly* reach
// far lower scores ([table 2](06-table-2.ipynb)). Here is one: NADE (Larochelle and Murray 2011) asks
// one key after the other, and each answer knows which keys before it sound. Its two matrices W and V
// are parameters of the output; b and c come from the network's state:

// %%
import { gru as GRU, nade } from "gated-rnn";

show.equations(nade(dataset.keys, 64));

// %%
const epochs = engine.name === "reference" ? 1 : 25;
const how25 = { epochs, learningRate: 1e-3, output: "nade(64,high-to-low)" };
const joint = await train({ dataset, cell: GRU, engine, ...how25 });
console.log(`GRU with NADE: test NLL ${joint.record.results.test.nllPerStep.toFixed(2)}`);
const pieces4 = (one: TrainResult) =>
  Promise.all([1, 2, 3, 4].map((seed) => sampleMusic(one, { steps: 200, seed, primer })));
const jointRolls = await pieces4(joint);
console.log(`GRU with NADE: ${fourVoices(jointRolls)} % of steps have four notes`);

// %% [markdown]
// The same unit, the same data, a third of the epochs. What else is in the chords? Intervals between
// neighbouring notes, and chords as semitones above the bass; the distance is how much of one's
// distribution would have to move to become the other's, 0 to 1.

// %%
import { chordStatistics, shareDistance } from "gated-rnn";

const lastAlone = learned.filter(({ model }) => model.cell.name === "gru").slice(-1)[0];
const real = chordStatistics(dataset.test);

// %% [markdown]
// Each output makes four pieces of 200 steps, after the same two bars as above, and they are counted as
// the test pieces were: how many notes a step has, how far neighbouring notes are apart, and which chords
// there are, whatever key they stand in.

// %%
for (const [name, one] of [
  ["each key alone", lastAlone],
  ["NADE", joint],
] as const) {
  const made = chordStatistics(await pieces4(one));
  const far = (["voices", "intervals", "chords"] as const).map(
    (what) => `${what} ${shareDistance(made[what], real[what]).toFixed(2)}`,
  );
  console.log(`${name}, from the test pieces: ${far.join(", ")}`);
}

// %% [markdown]
// Listen to it, and then give it a *melody*: the upper voice of a real chorale, held fixed, the rest
// drawn below it. High keys are asked first here, so the melody comes before everything that is free,
// and every chord is an exact draw from the model given its melody note and the past. (What it
// cannot do is look ahead: the next note of the melody surprises it as it surprises you.)

// %%
import { harmonise } from "gated-rnn";
import { highestNotes } from "gated-rnn/data";

const tune = beginningOf(highestNotes(dataset.test[4]), 24);
const below = await harmonise(joint, tune, { seed: 5 });
console.log(below.isExact ? "every chord drawn exactly" : "chords chosen by importance");

// %% [markdown]
// First what it makes up by itself, then the melody alone, then the network's chords below it, and last
// the chords that Bach put there.

// %%
const sound = (roll: PianoRoll) =>
  soundOfMusic(roll, { stepsPerQuarter, sampleRateHz, beatsPerMinute: 120 });
show.audio(
  { title: "GRU with NADE, made up", sampleRateHz, samples: (await compose(joint)).samples },
  { title: "the melody alone", sampleRateHz, samples: sound(tune) },
  { title: "harmonised by the GRU with NADE", sampleRateHz, samples: sound(below.roll) },
  { title: "harmonised by Bach", sampleRateHz, samples: sound(beginningOf(dataset.test[4], 24)) },
);

// %% [markdown]
// Has it learnt music, or the keys it was shown? The test pieces shifted by some semitones are the same
// music. A model that has heard every piece in its own key only pays dearly for that; `train` with
// `transpose: 5` shifts the training pieces anew at every epoch.

// %%
import { transposedNll } from "gated-rnn";

for (const [title, one] of [
  ["each key alone", lastAlone],
  ["NADE", joint],
] as const) {
  const found = await transposedNll(one, dataset.test, 5);
  const at = (shift: number) => found.find(({ semitones }) => semitones === shift)?.nllPerStep ?? 0;
  const others = found.filter(({ semitones }) => semitones !== 0);
  const mean = others.reduce((sum, { nllPerStep }) => sum + nllPerStep, 0) / others.length;
  console.log(`${title}: ${at(0).toFixed(2)} in their own keys, ${mean.toFixed(2)} in others`);
}

// %% [markdown]
// Here is the GRU's last piece, each key on its own, as a picture.

// %%
import { pianoRollPicture } from "gated-rnn/show";

const last = learned.filter(({ model }) => model.cell.name === "gru").slice(-1)[0];
await show.chart(
  pianoRollPicture((await compose(last)).roll, {
    title: `composed by ${title(last)}`,
    stepUnit: "quarter notes",
  }),
);

// %% [markdown]
// <details>
// <summary><b>Reveal</b></summary>
//
// 1. It draws every key on its own, so it gets the number of notes in a chord wrong, and it knows
//    no *before*: notes jump in and out, nothing is held. That is the Bernoulli baseline, and the
//    first-epoch networks are near it.
// 2. Between the tenth and the eightieth. Holding a note comes first (the Markov baseline can do
//    that), moving by steps later.
//
// </details>
//
// ## Temperature
//
// The dice can be loaded. At a temperature below 1 likely keys become likelier: careful, correct,
// soon boring. Above 1 the network takes risks that it cannot carry.

// %%
const degrees = [0.5, 0.8, 1, 1.3];
const warmer = await Promise.all(
  degrees.map(async (t) => ({
    title: `GRU at temperature ${t}`,
    sampleRateHz,
    ...(await compose(last, t)),
  })),
);
show.audio(...warmer);

// %% [markdown]
// ## A blind test
//
// Can you hear which unit it is? Three pieces by the three units at their eightieth epoch, in an
// order that you do not know. Decide on the best one first; the names are folded away below.

// %%
const finals = learned.filter(({ epochs }) => epochs === moments[moments.length - 1]);
const pieces = await Promise.all(
  finals.map(async (one) => ({ title: title(one), sampleRateHz, ...(await compose(one, 0.8, 7)) })),
);
show.blindAudio(pieces, 2014);

// %% [markdown]
// Their test scores lie within a quarter of a nat of each other. If you guessed right, try again
// with another seed before you believe it.
//
// ## Speech
//
// The same game on the raw waveform: 20 samples in, a mixture of Gaussians for the next ten, dice,
// and on. A second takes 800 steps. The network is a GRU of the paper's size, trained here on a
// part of speech A for under half a minute; the [full runs](05-figure-3.ipynb) take minutes; their
// weights, which `gated-rnn sweep` leaves beside the records, can be heard in the same way:
//
// ```sh
// npx gated-rnn train --data speech-a --cell gru --epochs 30
// npx gated-rnn generate runs/speech-a-gru-….safetensors --seconds 3 --primer 40
// ```

// %%
import { gru, openData } from "gated-rnn";

const speech = await openData("speech-a").catch(() => undefined);
const canTalk = speech?.kind === "speech" && engine.name !== "reference";
if (!canTalk) show.markdown("No speech here, or no fast engine: `gated-rnn doctor` tells.");

// %%
const few = { train: speech?.train.slice(0, 2500), valid: speech?.valid.slice(0, 100) };
const part = { ...speech, name: "part", ...few, test: speech?.test.slice(0, 100) } as typeof speech;
const how = { cell: gru, engine, epochs: 5, batchSize: 8, weightNoise: 0 };
const talker = canTalk && part ? await train({ ...how, dataset: part }) : undefined;

// %%
import { sampleSpeech, soundOf } from "gated-rnn";
import { soundFeatures, waveformPicture } from "gated-rnn/show";

const percent = (share: number) => `${Math.round(100 * share)} %`;
const features = (title: string, samples: Float32Array, sampleRateHz: number) => {
  const { pauseShare, voicedShare, pitchHz } = soundFeatures(samples, sampleRateHz);
  const pitch = `${percent(voicedShare)} of the rest voiced, at ${pitchHz.toFixed(0)} Hz`;
  console.log(`${title}: ${percent(pauseShare)} pauses, ${pitch}`);
};

// %%
if (talker && speech?.kind === "speech") {
  const { sampleRateHz } = speech;
  const primer = speech.test[7].read();
  const samples = await sampleSpeech(talker, { samples: 24_000, seed: 2, temperature: 0.7, primer });
  await show.chart(waveformPicture(samples, { title: "made up by a GRU", sampleRateHz }));
  show.audio({ title: "made up by a GRU, 3 s", samples: soundOf(samples, speech), sampleRateHz });
  const real = speech.test.slice(0, 48).flatMap((piece) => [...piece.read()]);
  features("people", Float32Array.from(real), sampleRateHz);
  features("the GRU", samples, sampleRateHz);
}

// %% [markdown]
// It is not a word, and the two lines above say how far from one it is. People pause for a seventh
// of the time, and most of the rest repeats itself, as a voice does. This GRU, after half a minute
// of training, hardly ever pauses, and little of what it makes has a pitch: it is a hiss with
// scraps of voice in it. The score says that it predicts the next ten samples well; a syllable is
// two hundred times as long.
//
// ## Exercise: your own piece
//
// **Make a piece of exactly 32 steps by the GRU, with a seed of your choice, at a temperature
// between 0.6 and 0.9**, and put the roll into `mine`. (`await sampleMusic(last, { … })`)

// %% tags=["exercise"]
const mine = await sampleMusic(last, { steps: 4 }); // change this

// %%
import { exercises } from "gated-rnn/show";

exercises.careful(mine);

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// ```ts
// const mine = await sampleMusic(last, { steps: 32, temperature: 0.75, seed: 11 });
// ```
//
// </details>

// %% [markdown]
// To keep it: `writeFileSync("mine.mid", midiBytes(mine, { stepsPerQuarter: 1 }))` makes a file
// that every notation program opens. Or `gated-rnn generate`, which does all of this from a file of
// weights.
