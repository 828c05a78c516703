// %% [markdown]
// # Why it works: how far back a gradient reaches
//
// A network learns from its mistakes by sending each of them backwards: how should the memory of
// *one step ago* have been different? Of two steps ago? At each step back the message is multiplied
// by the slope of that step. If the slopes are a little below 1, the message fades like sound in a
// long corridor; a little above, and it grows to a roar. This is the **vanishing and exploding
// gradient** (Hochreiter 1991; Bengio et al. 1994), and it is what gated units were invented for.
//
// [The paper](https://arxiv.org/abs/1412.3555) argues in words: the gated units *add* to their
// memory where tanh overwrites it, and an addition has slope 1. It can be measured.
//
// ## The measurement
//
// Take a piece, a step $t$ and its loss, and compute the norm of the gradient of that loss by all
// states (of the LSTM, $h$ and $c$) $k$ steps earlier. Divide by the norm at $k = 0$. The result is
// the share of the message that is left. Below is its geometric mean over all steps of some
// chorales: dashed for networks as they are made, before any training.
//
// ## Predict
//
// 1. Before training, whose gradient reaches farthest: tanh, GRU, or LSTM? (Recurrent matrices
//    begin orthogonal here: they neither stretch nor shrink anything.)
// 2. Training goes on to lower the loss. Will it make the gradient reach farther, or less far?

// %%
import { defaultEngine, initialState, openMusic, paperCells, show, train } from "gated-rnn";
import { batchOf } from "gated-rnn/data";
import { cellTitle } from "gated-rnn/show";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 60;
const rates: Record<string, number> = { tanh: 2e-4, gru: 3e-4, lstm: 1e-3 };

// %%
const learned = [];
for (const cell of paperCells)
  learned.push(await train({ dataset, cell, engine, epochs, learningRate: rates[cell.name] }));
for (const { model, record } of learned)
  console.log(`${cellTitle(model.cell.name)}: test NLL ${record.results.test.nllPerStep.toFixed(2)}`);

// %%
import { gradientFlow, gradientFlowPicture } from "gated-rnn/show";

const batch = batchOf(dataset.test.slice(0, 5), dataset);
const flows = learned.flatMap(({ model, parameters }) => [
  {
    cell: model.cell.name,
    when: "before training",
    shares: gradientFlow(model, initialState(model, 1).parameters, batch, 20),
  },
  { cell: model.cell.name, when: "after training", shares: gradientFlow(model, parameters, batch, 20) },
]);
await show.chart(gradientFlowPicture(flows));

// %% [markdown]
// <details>
// <summary><b>Reveal</b></summary>
//
// 1. **tanh!** An orthogonal matrix passes a gradient on whole, and a fresh tanh unit works where
//    its slope is near 1. The gated units begin with their gates half open: half of the state is
//    kept at each step, and with what comes through the candidate about seven tenths of the
//    gradient. What the textbook says of the tanh unit is true of badly initialised ones, and, as
//    the solid lines show, of trained ones.
// 2. **Training takes it away**, from tanh and from the GRU. To say anything definite a tanh unit
//    must leave its linear range, where its slope is below 1. And the GRU has learnt to
//    *overwrite*: its update gates are [open at nearly every chord](02-figure-1.ipynb), so its
//    curve falls even more steeply than that of tanh. A chorale rewards it for that: most of what
//    can be known of a chord is in the chord before. Only the LSTM's curve bends: its second ten
//    steps cost it a factor of four, where they cost tanh ninety. That is the mark of units whose
//    forget gate stays at 1, for which distance does not matter.
//
// </details>
//
// A straight line in this picture is a decay by the same factor at each step: a single time scale.
// A line that bends upwards is many time scales at once, a short one for most of the message and a
// long one for the rest. So the gates are no guarantee of a long memory. They are the *possibility*
// of one, to be taken where it pays. Two experiments show that it is there.
//
// ## What the additive update does
//
// The slope of the GRU's state by its predecessor, along the direct path, is $1 - z_t$. So the gate
// is a dial: set the bias of $z$ by hand, and see.

// %%
import { gru } from "gated-rnn";

const fresh = learned.find(({ model }) => model.cell === gru);
const dial = [-4, -2, 0, 2].map((bias) => {
  const parameters = new Map(initialState(fresh!.model, 1).parameters);
  parameters.set("b_z", new Float32Array(46).fill(bias));
  return { cell: "gru", when: `bias ${bias}`, shares: gradientFlow(fresh!.model, parameters, batch, 20) };
});
await show.chart(gradientFlowPicture(dial, "A fresh GRU with its update gate turned by hand"));

// %% [markdown]
// With a bias of −4, $z$ is about 0.02, and after twenty steps seven tenths of the gradient arrive.
// But a unit that keeps everything cannot write anything. The art is to have some of each kind, and
// to let training choose.
//
// ## Does it remember?
//
// A gradient that arrives is an opportunity, not yet a memory. So here is a task that is nothing
// but memory. A piece begins with one of eight notes; then a scale rises, the same in every piece,
// for a number of steps; and then the first note has to come back. The scale is easy, each of its
// notes follows from the one before. The end is not: who has forgotten pays for eight keys, who
// remembers pays nothing.

// %%
import { type Cell, hiddenSizeFor } from "gated-rnn";
import { recallForgotten, recallTask } from "gated-rnn/data";

const forgotten = async (cell: Cell, delay: number, learningRate: number) => {
  const task = recallTask(delay);
  const hiddenSize = hiddenSizeFor(cell, task.keys, 3000);
  const how = { epochs: 120, batchSize: 8, learningRate, weightNoise: 0 };
  const { record } = await train({ dataset: task, cell, engine, hiddenSize, ...how });
  return record.results.test.nllPerStep / recallForgotten(delay);
};

// %%
for (const delay of engine.name === "reference" ? [] : [3, 8, 16])
  for (const cell of paperCells) {
    const shares = [await forgotten(cell, delay, 2e-3), await forgotten(cell, delay, 5e-4)];
    const percent = Math.round(100 * Math.min(...shares));
    console.log(`delay ${delay}, ${cellTitle(cell.name)}: ${percent} % of the price of forgetting`);
  }

// %% [markdown]
// 100 % is complete forgetting, 0 % perfect memory. All three units have about 3,000 parameters and
// the same number of updates; of two learning rates the better counts.
//
// <details>
// <summary><b>What the kept run shows</b></summary>
//
// tanh remembers three steps in part and eight not at all. The LSTM masters eight, and gives up at
// sixteen. The GRU, the very unit that had the steepest curve above, carries the note over all
// sixteen steps and pays next to nothing: here memory pays, and it learns to keep. (Try
// `recallTask(30)`: with this much training nobody remembers.)
//
// </details>
//
// ## Exercise: turn the dial
//
// The LSTM's forget gate is $f_t = \sigma(W_f x_t + U_f h_{t-1} + V_f \odot c_{t-1} + b_f)$, and
// $b_f$ begins at 0. Since 2015 it is usual to let it begin at 1 or more. **What share of the
// memory $c$ does a unit keep per step at $b_f = 3$, when all other terms are 0?**

// %% tags=["exercise"]
const share = 0; // replace this

// %%
import { exercises } from "gated-rnn/show";

exercises.forgetShare(share, 3);

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// ```ts
// const share = 1 / (1 + Math.exp(-3));
// ```
//
// </details>

// %% [markdown]
// And at $b_f = 0$ it is a half: after ten steps a thousandth is left. An LSTM must first learn to
// remember. On the chorales, where little needs remembering, it is ahead of the others after ten
// epochs all the same; on [Nottingham](04-figure-2.ipynb) it trails from the first epoch to the
// last.
