// %% [markdown]
// # Three ways to remember, on Bach's chorales
//
// In December 2014 four researchers in Montréal asked a plain question (Chung, Gulcehre, Cho and
// Bengio, [*Empirical Evaluation of Gated Recurrent Neural Networks on Sequence
// Modeling*](https://arxiv.org/abs/1412.3555)). A recurrent network reads a sequence one step at a
// time and keeps a memory. The old way to keep it is a single layer of tanh units. The **long
// short-term memory** (LSTM) of 1997 protects its memory behind gates, and the **gated recurrent
// unit** (GRU), then a few months old, does so with fewer of them. Do the gates help? And which of
// the two gated units is better?
//
// The paper lets the three compete on the same music and speech, with about the same number of
// parameters each. This notebook walks through one row of its results, the chorales of Johann
// Sebastian Bach: the data, to be seen and heard, the score, the three units as equations, a
// training that you can watch, and our numbers beside the paper's. Everything below is computed
// when you run it; nothing takes longer than a minute. The notebooks after it go through the paper
// figure by figure: [the units as drawings](02-figure-1.ipynb), [their sizes](03-table-1.ipynb),
// learning curves on [music](04-figure-2.ipynb) and [speech](05-figure-3.ipynb), [all
// results](06-table-2.ipynb), [the paper's claims](07-claims.ipynb), [why gates
// work](08-why-it-works.ipynb), [what the networks compose](09-listen.ipynb), and [a unit of your
// own](10-your-own-cell.ipynb).
//
// ## The chorales
//
// A chorale is a hymn for four voices. There are 382 of them here, in the split that
// Boulanger-Lewandowski, Bengio and Vincent published in 2012 and that everybody has used since:
// one part to learn from, one to choose by (when to stop, which settings to keep), and one that is
// looked at only at the very end.
//
// Each piece is a **piano-roll**: a table with a row for every quarter note and a column for each
// of the 88 keys of a piano, holding a 1 where a key sounds. Every piece has been moved to C major
// or C minor, so a network need not learn twelve keys (and up by an octave, for reasons that are
// lost). On a machine that has neither the data nor a network connection, chorales composed by a
// small program take their place, and every picture and table says so.

// %%
import { openMusic, show } from "gated-rnn";
import { pianoRollPicture } from "gated-rnn/show";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const { title, train: lessons, valid, test } = dataset;
console.log(`${title}: ${lessons.length} pieces to learn from,`);
console.log(`${valid.length} to choose by, ${test.length} to judge by`);
await show.chart(pianoRollPicture(test[0], { title, stepUnit: "quarter notes" }));

// %% [markdown]
// Time runs to the right, pitch upwards. You can follow the four voices: the soprano's tune on top,
// mostly in steps; the bass below, in leaps; between them alto and tenor, which often hold a note
// while the others move. A bar that goes on over several quarter notes may have been sung once or
// struck again: the piano-roll does not know.
//
// And this is how it sounds, on a small organ of sine waves. Nobody would pay to hear it, but a
// wrong note stands out. (The page that is kept in the repository holds no sound of the data sets,
// which are not ours to give away: run the cell. In its place there is a chorale of the small
// program's, below.)

// %% tags=["data"]
import { soundOfMusic } from "gated-rnn";

const sampleRateHz = 11_025;
const samples = soundOfMusic(test[0], { stepsPerQuarter: dataset.stepsPerQuarter ?? 1, sampleRateHz });
show.audio({ title: test[0].name ?? title, samples: samples.slice(0, 15 * sampleRateHz), sampleRateHz });

// %%
const made = await openMusic("synthetic");
const likeIt = soundOfMusic(made.test[0], { stepsPerQuarter: made.stepsPerQuarter ?? 1, sampleRateHz });
const byProgram = { title: "composed by a program, not by Bach", sampleRateHz };
show.audio({ ...byProgram, samples: likeIt.slice(0, 12 * sampleRateHz) });

// %% [markdown]
// The paper has three more sets of this kind: folk tunes from Nottingham, orchestral and piano
// music in MuseData, and the pianists' pieces of Piano-midi.de. And it has something quite
// different.
//
// ## Sound itself
//
// Its other two sets are **raw speech**: no notes, no letters, nothing but the air pressure, 8,000
// numbers a second. They were never published. Spoken digits stand in for them here, cut to the
// same shapes: 7,230 pieces of 500 samples (speech A) and 800 of 8,000 (speech B). A network sees
// 20 samples at a time and predicts the 10 that follow.

// %% tags=["data"]
import { openData } from "gated-rnn";
import { spectrogramPicture, waveformPicture } from "gated-rnn/show";

const speech = await openData("speech-b").catch(() => undefined);
if (speech?.kind === "speech") {
  const second = { title: "one second of spoken digits", sampleRateHz: speech.sampleRateHz };
  const samples = speech.test[3].read();
  await show.chart(waveformPicture(samples, second));
  await show.chart(spectrogramPicture(samples, second));
  show.audio({ ...second, samples });
} else show.markdown("No speech here: `gated-rnn data prepare speech-b` says what is missing.");

// %% [markdown]
// The upper picture is what a network gets; amplitudes are in standard deviations of the training
// set. The lower one shows what an ear makes of it: dark is quiet and bright is loud; the bright
// bands that slide up and down, low in the picture, are vowels, the clouds high up are *s* and *f*.
// A period of a voice takes some 60 samples, a syllable 2,000. To know what comes next, one has to
// remember.
//
// ## The game, and its score
//
// A model sees the columns of this picture one after another, and before each new one it says **how
// likely each key is to sound**: 88 probabilities. Then the truth is shown, and the model pays for
// its surprise, key by key: $-\log p$ for a key that sounds and had been given the probability $p$,
// $-\log(1 - p)$ for one that stays silent. The sum over the 88 keys, averaged over all steps, is
// the **negative log-likelihood** (NLL), in nats:
//
// $$ \mathrm{NLL} = -\frac{1}{T} \sum_{t=1}^{T} \sum_{k=1}^{88} \Big[ y_{t,k} \log p_{t,k} + (1 - y_{t,k}) \log (1 - p_{t,k}) \Big] $$
//
// Lower is better. Somebody who knows nothing says ½ for every key and pays $88 \ln 2 \approx 61$.
// Two models without any network show what is easy to know. The first gives every key the frequency
// with which it sounds in the training pieces, whatever came before. The second, a **Markov**
// model, gives it one frequency if it sounded a step ago, and another if not.

// %%
import { baselines } from "gated-rnn/data";
import { baselineReferences, baselinesTable } from "gated-rnn/show";

const simple = baselines(dataset);
show.table(baselinesTable(dataset, simple));

// %% [markdown]
// Remember the Markov model's number. It is the price of knowing only the last step, each key on
// its own. A network that cannot get below it has not learnt any music, however elegant its
// equations are. (The table has the mean over all steps, which the paper reports, and beside it the
// mean of the pieces' means, where a short piece counts as much as a long one.)
//
// ## The three units
//
// All three read the input $x_t$ (the keys that sound now), keep a hidden state $h_t$ (their
// memory, a few dozen numbers), and let an output layer turn $h_t$ into the 88 probabilities of the
// next step. They differ in how $h_t$ comes about. In the equations $\sigma$ squeezes any number
// into the range 0 … 1, and $\odot$ multiplies element by element: a value between 0 and 1 in front
// of $\odot$ is a *gate*, which lets through much or little.
//
// The equations are not typed into this page: they are printed from the very objects that are
// trained below.

// %%
import { paperCells, paperHiddenSizes, parameterCount } from "gated-rnn";
import { cellTitle } from "gated-rnn/show";

for (const unit of paperCells) {
  const hiddenSize = paperHiddenSizes.music[unit.name];
  const parameters = parameterCount(unit, { inputSize: dataset.keys, hiddenSize });
  show.markdown(`### ${cellTitle(unit.name)}: ${hiddenSize} units, ${parameters} parameters`);
  show.equations(unit);
}

// %% [markdown]
// **tanh** writes its whole memory anew at every step. What happened twenty steps ago must survive
// twenty multiplications by the same matrix $U_h$, and so must the gradient on its way back: it
// tends to vanish, or to explode.
//
// **The GRU** adds. Its update gate $z_t$ mixes the old memory with a new candidate $c_t$, unit by
// unit; where $z_t$ is near 0 the old value stays, untouched, for as long as it takes. The reset
// gate $r_t$ decides how much of the old memory the candidate gets to see.
//
// **The LSTM** keeps a second memory $c_t$ that only its input gate $i_t$ and forget gate $f_t$ may
// change, and shows the world what its output gate $o_t$ lets out. The products with $V$ are
// *peepholes*: the gates look at the memory itself. (Mind the letter: the GRU's $c_t$ is a
// candidate, the LSTM's $c_t$ its memory, whose candidate has a tilde.)
//
// A unit with more gates has more matrices, so for a fair match it gets fewer units: about 20,000
// parameters for each of them, as in table 1 of the paper. (The paper has 96 inputs, one for every
// MIDI note number up to the highest that occurs; here they are the 88 keys of a piano. Numbers
// that never sound change nothing in the score.)
//
// ## Make a prediction
//
// Before you run the next cell, write down your answers:
//
// 1. Which of the three ends with the lowest score on the pieces that it was *trained* on?
// 2. Which one has the lowest score on the validation pieces, and does it have it at the end?
// 3. All have about the same number of parameters. Do they take the same time for an epoch?
//
// ## Train them
//
// An epoch is one pass over the training pieces. The training follows the paper: RMSProp, Gaussian
// noise on the weights at every update, and a gradient that is scaled down whenever its norm
// exceeds 1. Where the paper is silent (batch size, momentum, initial weights) the choices are
// ours.
//
// Dashed lines are the training score, which suffers from the noise; solid ones the validation
// score, with a dot where it is best. The picture grows while you watch. *Interrupt* in the Kernel
// menu stops the run in good order.

// %%
import { defaultEngine, train } from "gated-rnn";

const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 100; // the reference engine is slow
const references = baselineReferences(simple);
const live = show.training({ references });
const records = [];
for (const unit of paperCells) {
  const options = { dataset, cell: unit, engine, epochs, seed: 1 };
  records.push((await train({ ...options, ...live.watch(unit) })).record);
}
await live.done(records);

// %% [markdown]
// The vertical axis is logarithmic, as in the paper's figures 2 and 3: equal distances are equal
// ratios. The dotted lines are the two models without a network, and all three units leave them
// behind within a few epochs.
//
// An epoch is not a fair currency, though: the units do different amounts of work in it. Here are
// the same runs against the clock.

// %%
import { learningCurves } from "gated-rnn/show";

await show.chart(learningCurves(records, { x: "seconds", references }));

// %% [markdown]
// <details>
// <summary><b>Reveal: what happened in the run that is kept on this page</b></summary>
//
// 1. **The GRU**, by far, at the end of the run. It could go on like this until it knows the
//    training pieces by heart.
// 2. **The GRU** again, but *not at the end*: its best epoch comes early in the run. From there on
//    every epoch makes it better on the old pieces and worse on new ones. That is overfitting, and
//    the reason why a split is set aside to choose the best epoch by. The LSTM shows no sign of it:
//    its training score falls the slowest of the three, and it is still improving when the run
//    stops.
// 3. **No.** The parameters say how many products a unit makes in a step, but tanh has 100 units
//    where the LSTM has 36, and every one of them also feeds the output layer. How the times
//    compare depends on the engine and the machine: look at the right ends of the curves.
//
// Your run has the same seed, and on the same machine and engine it gives the very same numbers.
// Change `seed: 1` and see how much of this stays.
//
// </details>
//
// ## Beside the paper
//
// The same runs as numbers, each with the parameters of its best validation epoch. Beside them
// stands what the paper reports in its table 2.

// %%
import { baselineRows, resultsTable } from "gated-rnn/show";

const { entropyPerStep } = dataset; // known for the synthetic chorales only
show.table(resultsTable(records, baselineRows(simple), { entropyPerStep }));

// %% [markdown]
// Three things to see.
//
// **Memory helps.** All three units beat the Markov model by well over a nat per step. Part of what
// makes a chorale is in those few dozen numbers.
//
// **The test column is the one that counts.** The paper's GRU reaches 6.94 on the pieces that it
// was trained on and 8.54 on new ones. Ours could have gone as low, had we not kept the epoch that
// is best on pieces it had not seen. So compare test with test, and leave the training column to
// the curious.
//
// **The differences are small.** On this set the paper's best unit and the next are 0.13 nats
// apart. Another seed moves a result by up to 0.09, another learning rate by far more. The paper
// tried ten learning rates for every unit; here one rate and one seed stand for all, which makes an
// anecdote and not yet evidence. `npm start` searches the rates, too.
//
// ## Exercise: take the reset gate away
//
// A cell here is nothing but its equations. Below is the GRU once more, under a name of your own.
// **Change it so that it has no reset gate**: the candidate shall see the whole old memory. One
// line goes, another gets shorter. Then run the check.

// %% tags=["exercise"]
import { cell } from "gated-rnn";

const mine = cell("no reset", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
  const r = sigmoid(affine("r", x, h));
  const z = sigmoid(affine("z", x, h));
  const c = tanh(affine("c", x, times(r, h)));
  return { h: plus(times(oneMinus(z), h), times(z, c)) };
});
show.equations(mine);

// %%
import { exercises } from "gated-rnn/show";

exercises.withoutReset(mine);

// %% [markdown]
// A cell that passes can be trained like the others: `train({ dataset, cell: mine, epochs: 10 })`.
// It needs no further code: parameters, gradients, the equations above and its traces all follow
// from those few lines. Does it miss its gate?
//
// <details>
// <summary><b>A solution</b></summary>
//
// ```ts
// const mine = cell("no reset", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
//   const z = sigmoid(affine("z", x, h));
//   const c = tanh(affine("c", x, h));
//   return { h: plus(times(oneMinus(z), h), times(z, c)) };
// });
// ```
//
// Others went another way two years later: the *minimal gated unit* keeps one gate, which both
// resets and updates. You will meet it in [your own cell](10-your-own-cell.ipynb).
//
// </details>
