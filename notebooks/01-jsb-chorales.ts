// %% [markdown]
// # Three ways to remember, on Bach's chorales
//
// In December 2014 four researchers in Montréal asked a plain question (Chung, Gulcehre, Cho and Bengio,
// [*Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling*](https://arxiv.org/abs/1412.3555)). A recurrent
// network reads a sequence one step at a time and keeps a memory. The old way to keep it is a single layer of tanh units. The
// **long short-term memory** (LSTM) of 1997 protects its memory behind gates, and the **gated recurrent unit** (GRU), then a few months
// old, does so with fewer of them. Do the gates help? And which of the two gated units is better?
//
// The paper lets the three compete on the same music and speech, with about the same number of parameters each. This notebook
// walks through one row of its results, the chorales of Johann Sebastian Bach: the data, the score, the three units as
// equations, a training that you can watch, and our numbers beside the paper's. Everything below is computed when you run it;
// nothing takes longer than a minute.
//
// ## The chorales
//
// A chorale is a hymn for four voices. There are 382 of them here, in the split that Boulanger-Lewandowski, Bengio and Vincent published in 2012
// and that everybody has used since: one part to learn from, one to choose by (when to stop, which settings to keep), and one that is
// looked at only at the very end.
//
// Each piece is a **piano-roll**: a table with a row for every quarter note and a column for each of the 88 keys of a piano,
// holding a 1 where a key sounds. Every piece has been moved to C major or C minor, so a network need not learn twelve keys. On a machine that
// has neither the data nor a network connection, chorales composed by a small program take their place, and every
// picture and table says so.

// %%
import { openMusic, pianoRollPicture, show } from "gated-rnn";

const chorales = await openMusic("jsb").catch(() => openMusic("synthetic"));
const { title, train: lessons, valid, test } = chorales;
console.log(`${title}: ${lessons.length} pieces to learn from, ${valid.length} to choose by, ${test.length} to judge by`);
await show.chart(pianoRollPicture(test[0], { title: `${title}: first of the test pieces`, stepUnit: "quarter notes" }));

// %% [markdown]
// Time runs to the right, pitch upwards. You can follow the four voices: the soprano's tune on top, mostly in steps; the bass
// below, in leaps; between them alto and tenor, which often hold a note while the others move. A bar that goes on over several quarter notes
// may have been sung once or struck again: the piano-roll does not know.
//
// ## The game, and its score
//
// A model sees the columns of this picture one after another, and before each new one it says **how likely each key is to sound**:
// 88 probabilities. Then the truth is shown, and the model pays for its surprise, key by key: $-\log p$ for a key that sounds and had
// been given the probability $p$, $-\log(1 - p)$ for one that stays silent. The sum over the 88 keys, averaged over all steps, is the
// **negative log-likelihood** (NLL), in nats:
//
// $$ \mathrm{NLL} = -\frac{1}{T} \sum_{t=1}^{T} \sum_{k=1}^{88} \Big[ y_{t,k} \log p_{t,k} + (1 - y_{t,k}) \log (1 - p_{t,k}) \Big] $$
//
// Lower is better. Somebody who knows nothing says ½ for every key and pays $88 \ln 2 \approx 61$. Two models without any network show what
// is easy to know. The first gives every key the frequency with which it sounds in the training pieces, whatever came before. The second, a **Markov**
// model, gives it one frequency if it sounded a step ago, and another if not.

// %%
import { baselines, baselinesTable } from "gated-rnn";

const simple = baselines(chorales);
show.table(baselinesTable(chorales, simple));

// %% [markdown]
// Remember the Markov model's number. It is the price of knowing only the last step, each key on its own. A network that cannot get below it has not
// learnt any music, however elegant its equations are. (The table has the mean over all steps, which the paper reports, and beside it the mean of the pieces'
// means, where a short piece counts as much as a long one.)
//
// ## The three units
//
// All three read the input $x_t$ (the keys that sound now), keep a hidden state $h_t$ (their memory, a few dozen numbers), and let an output
// layer turn $h_t$ into the 88 probabilities of the next step. They differ in how $h_t$ comes about. In the equations $\sigma$ squeezes any number
// into the range 0 … 1, and $\odot$ multiplies element by element: a value between 0 and 1 in front of $\odot$ is a *gate*, which lets through much or little.
//
// The equations are not typed into this page: they are printed from the very objects that are trained below.

// %%
import { cellTitle, paperCells, paperHiddenSizes, parameterCount } from "gated-rnn";

for (const unit of paperCells) {
  const hiddenSize = paperHiddenSizes.music[unit.name];
  const parameters = parameterCount(unit, { inputSize: chorales.keys, hiddenSize });
  show.markdown(`### ${cellTitle(unit.name)}: ${hiddenSize} units, ${parameters.toLocaleString("en")} parameters`);
  show.equations(unit);
}

// %% [markdown]
// **tanh** writes its whole memory anew at every step. What happened twenty steps ago must survive twenty
// multiplications by the same matrix $U_h$, and so must the gradient on its way back: it tends to vanish, or to explode.
//
// **The GRU** adds. Its update gate $z_t$ mixes the old memory with a new candidate $c_t$, unit by unit; where $z_t$ is near 0 the old value stays, untouched, for
// as long as it takes. The reset gate $r_t$ decides how much of the old memory the candidate gets to see.
//
// **The LSTM** keeps a second memory $c_t$ that only its input gate $i_t$ and forget gate $f_t$ may change, and shows the world what its output gate $o_t$ lets
// out. The products with $V$ are *peepholes*: the gates look at the memory itself.
//
// A unit with more gates has more matrices, so for a fair match it gets fewer units: about 20,000 parameters for each of them, as in table 1
// of the paper. (The paper counts on 96 inputs where we use the 88 keys of a piano. The eight others never sound.)
//
// ## Make a prediction
//
// Before you run the next cell, write down your answers:
//
// 1. Which of the three has the lowest NLL after the **first** epoch, that is, after having seen every training piece once?
// 2. Which one is ahead at the end of this short training?
// 3. Which one takes the longest for an epoch?
//
// ## Train them
//
// The training follows the paper: RMSProp, Gaussian noise on the weights at every update, a gradient whose norm is never allowed above 1. Where the paper is silent (batch size,
// momentum, initial weights) the choices are ours. The dashed lines are the training score, which suffers from the noise; the solid
// ones are the validation score, and the dots mark where it is best. Both axes fill up while you watch, and *Interrupt* in the Kernel menu stops the run in good order.

// %%
import { baselineReferences, defaultEngine, train } from "gated-rnn";

const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 4 : 60; // the reference engine is for reading, not for speed
const live = show.training({ title: `${title}: learning curves`, references: baselineReferences(simple) });
const results = [];
for (const unit of paperCells) {
  const options = { dataset: chorales, engine, epochs, batchSize: 8, learningRate: 2e-3, seed: 1 };
  results.push(await train({ cell: unit, ...options, ...live.watch(unit) }));
}
const records = results.map(({ record }) => record);
await live.done(records);

// %% [markdown]
// The vertical axis is logarithmic, as in the paper's figures 2 and 3: equal distances are equal ratios, so that the long flat
// end of a training can still be told apart. The dotted lines are the two models without a network.
//
// An epoch is not a fair currency, though: the units do different amounts of work in it. Here are the same runs against the clock.

// %%
import { learningCurves } from "gated-rnn";

await show.chart(learningCurves(records, { x: "seconds", references: baselineReferences(simple) }));

// %% [markdown]
// <details>
// <summary><b>Reveal: what usually happens</b></summary>
//
// 1. **tanh**, in most runs: it has the most units (100 against 46 and 36), and nothing to learn about gates before it can use them. The gated units start slowly.
// 2. In a short training tanh often is still ahead, or level. Given a few hundred epochs the order turns: GRU first, then the LSTM, tanh last, with
//    test scores of about 8.5, 8.6 and 8.7. The LSTM has the slowest start of all and is the last to stop improving. *Never rank units
//    after a short training* is the first lesson of this data set.
// 3. **The LSTM**, although it has the fewest units: it has the most products and functions in a step.
//
// </details>
//
// ## Beside the paper
//
// The same runs as numbers. In the row of each unit stands what the paper reports in its table 2.

// %%
import { baselineRows, resultsTable } from "gated-rnn";

show.table(resultsTable(records, baselineRows(simple), { entropyPerStep: chorales.entropyPerStep }));

// %% [markdown]
// Three things to see.
//
// **All three beat the Markov model**, or are about to: some of what makes a chorale is in their memory.
//
// **The test score is the one that counts.** The paper's GRU reaches 6.94 on the pieces it was trained on and 8.54 on new ones: it knows the former almost
// by heart. A gap like that is why the parameters of the best *validation* epoch are kept.
//
// **The differences are small.** On this set 0.1 nats per step separate the paper's best unit from the next. Another seed
// moves a result by a good part of that. One run a unit, as here, is an anecdote; the later notebooks repeat it.
//
// A few minutes, rather than one, bring the numbers to the paper's level: `npm start` trains the three to the end.
//
// ## Exercise: take the reset gate away
//
// A cell here is nothing but its equations. Below is the GRU once more, under a name of your own. **Change it so that it has no reset gate**: the
// candidate shall see the whole old memory. One line goes, another gets shorter. Then run the check.

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
import { gru } from "gated-rnn";

const size = { inputSize: chorales.keys, hiddenSize: 46 };
const [has, wanted] = [parameterCount(mine, size), (parameterCount(gru, size) * 2) / 3];
show.check(has === wanted, `Your cell has ${has} parameters; without one of the three gates it should have ${wanted}.`);

// %% [markdown]
// A cell that passes can be trained like the others: `train({ dataset: chorales, cell: mine, epochs: 10 })`. It needs no further code: parameters, gradients,
// the equations above and its traces all follow from those few lines. Does it miss its gate?
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
// This is close to the *minimal gated unit* that others proposed two years later: on many tasks the reset gate turns out to be the one that can be spared.
//
// </details>
