// %% [markdown]
// # Your own cell
//
// The last sentence of [the paper](https://arxiv.org/abs/1412.3555) asks for more: *to understand
// better how a gated unit helps learning, and to separate out the contribution of each component*.
// That is an invitation to take the units apart. In most libraries this means writing a forward
// pass, a backward pass, and, if it shall be fast, a kernel. Here it means writing the equations.
//
// ## Fifteen lines
//
// A cell is a function from a *vocabulary* (the input, the old state, products, squeezing
// functions) to the new value of each state. It is called once, on symbols. From the graph that it
// leaves behind come the parameters, the gradient, the program that the fast engines run, the
// equations below and the drawing.
//
// This one is a GRU with a single gate, which keeps *and* resets: the **minimal gated unit** of
// Zhou et al. (2016).

// %%
import { cell, show } from "gated-rnn";

const mgu = cell("MGU", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
  const f = sigmoid(affine("f", x, h)); // the one gate: how much is forgotten
  const c = tanh(affine("c", x, times(f, h))); // a candidate, from what is not
  return { h: plus(times(oneMinus(f), h), times(f, c)) };
});
show.equations(mgu);
show.diagram(mgu);

// %% [markdown]
// A mistake in it is told where it is made. Here the state is read under a name that never gets a
// value:

// %%
try {
  cell("forgetful", ({ input: x, previous, affine, tanh }) => ({ h: tanh(affine("h", x, previous("m"))) }));
} catch (error) {
  console.log((error as Error).message);
}

// %% [markdown]
// ## Is it right, on every engine?
//
// The library has a slow engine that does everything by TensorFlow.js, operation by operation, and
// fast ones that run the compiled program in C. A cell is right if they agree. One training step on
// each, from the same seed; compare the loss and the norm of the gradient.

// %%
import { bernoulli, initialState, model, openMusic } from "gated-rnn";
import { batchOf } from "gated-rnn/data";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const batch = batchOf(dataset.train.slice(0, 4), dataset);
const mine = model(mgu, dataset.keys, 65, bernoulli(dataset.keys));

// %%
import { engineNames, openEngine } from "gated-rnn";

for (const name of engineNames) {
  const engine = await openEngine(name).catch(() => undefined);
  const session = await engine?.open(mine, initialState(mine, 1));
  const gradient = [...((await session?.gradient(batch))?.values() ?? [])];
  const norm = Math.hypot(...gradient.map((g) => Math.hypot(...g)));
  console.log(engine ? `${name}: gradient norm ${norm.toFixed(6)} (${engine.build})` : `${name}: not here`);
}

// %% [markdown]
// The digits agree as far as single precision carries. Nothing was written for the derivative: it
// is taken from the graph.
//
// ## Predict
//
// The MGU has two thirds of a GRU's matrices, so at the same budget it gets more units: 65 on 88
// keys, where the GRU has 46.
//
// 1. On the chorales, will it do better than the GRU, worse, or about the same?
// 2. And a unit *without* any gate, but with the additive update, its mixing rate fixed at one half
//    for all units and all time?
//
// ## Train it

// %%
import { defaultEngine, gru, tanh, train } from "gated-rnn";

const leaky = cell("leaky", ({ input: x, hidden: h, affine, tanh, scale, plus }) => ({
  h: plus(scale(h, 0.5), scale(tanh(affine("c", x, h)), 0.5)),
}));
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 80;
const live = show.training({ title: "Two cells of our own beside the paper's" });

// %%
const records = [];
for (const unit of [tanh, gru, mgu, leaky]) {
  const run = { dataset, cell: unit, engine, epochs, learningRate: 3e-4 };
  records.push((await train({ ...run, ...live.watch(unit) })).record);
}
await live.done(records);

// %%
import { resultsTable } from "gated-rnn/show";

show.table(resultsTable(records));

// %% [markdown]
// <details>
// <summary><b>Reveal: the kept run</b></summary>
//
// 1. **A little worse** than the GRU, and as good as tanh. One seed and one learning rate: an
//    anecdote.
// 2. **About as good as tanh and the MGU**, without a single gate. On the chorales, where a step is
//    a whole chord and pieces are short, an average over the last few chords is nearly all the
//    memory that helps. Do not conclude that gates are for nothing: try it on [the recall
//    task](08-why-it-works.ipynb). Three steps it can remember, eight it cannot.
//
// </details>
//
// The sizes were not typed in: a cell that the paper does not have gets as many units as 20,000
// parameters buy.
//
// ## What else it can do
//
// Everything that the paper's units can. `gradientFlow` measures its memory, `tracePiece` shows its
// gates, `sampleMusic` lets it compose, `gated-rnn`'s checkpoints and records carry it. To use it
// on the command line, or to contribute it, put it into `lib/cells` and into the list in
// `lib/cells/index.ts`; the contract tests then hold it to the same standard as the LSTM.
//
// ## Exercise: the gate that is left out
//
// Write a **coupled LSTM**: an LSTM in which the input gate is one minus the forget gate
// ($i = 1 - f$), without peepholes. Two states, `h` and `c`; three affine products `f`, `o`, `c`;
// $c = f \odot c_- + (1 - f) \odot \tanh(\cdot)$, $h = o \odot \tanh(c)$. `previous("c")` reads the
// old memory.

// %% tags=["exercise"]
// more words that you will want: previous, sigmoid, plus, oneMinus
const coupled = cell("coupled LSTM", ({ input: x, hidden: h, affine, tanh, times }) => {
  const c = tanh(affine("c", x, h)); // change this: it is no LSTM yet
  return { h: times(c, c) };
});

// %%
import { exercises } from "gated-rnn/show";

exercises.coupledLstm(coupled);

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// ```ts
// const coupled = cell("coupled LSTM", ({ input: x, hidden: h, previous, affine, sigmoid, tanh, times, oneMinus, plus }) => {
//   const f = sigmoid(affine("f", x, h));
//   const o = sigmoid(affine("o", x, h));
//   const candidate = tanh(affine("c", x, h));
//   const c = plus(times(f, previous("c")), times(oneMinus(f), candidate));
//   return { h: times(o, tanh(c)), c };
// });
// ```
//
// Greff et al. (2015) tried this and seven other amputations of the LSTM on three tasks. None of
// them was significantly better than the whole, and this one not significantly worse.
//
// </details>
