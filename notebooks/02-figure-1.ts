// %% [markdown]
// # Figure 1: what is inside a gated unit
//
// The first figure of [the paper](https://arxiv.org/abs/1412.3555) shows two drawings: a long short-term memory, and a
// gated recurrent unit. Drawings of recurrent units have a reputation. Everybody has one, no two agree, and
// half of the arrows mean something else. So the drawings below are not drawn by hand. A unit in this library *is* its
// equations; they are run once on symbols, and the graph that this leaves behind is what gets trained, what gets
// printed, and what gets drawn. If one of the three were wrong, all would be.
//
// How to read them: grey pills come in on the left, blue pills go out on the right. A **box is a gate**: it adds up the products on
// its thick arrows (a full weight matrix, its name on the arrow) and squeezes the sum. A dashed arrow is a diagonal matrix, one number per
// unit. A **circle with a dot** multiplies element by element, a circle with a plus adds.
//
// ## The GRU

// %%
import { gru, lstm, show, tanh } from "gated-rnn";

show.diagram(gru);
show.equations(gru);

// %% [markdown]
// Follow the old state $h_{t-1}$ through the lower half: it meets $1 - z_t$, and then only a plus. No matrix, no squeezing function stands
// between the old state and the new one. Where a unit's update gate $z_t$ is 0, its memory walks through untouched, and so does, on the way back, the
// gradient. The upper half makes the candidate $c_t$; the reset gate $r_t$ decides what of the past the candidate may look at.
//
// ## The LSTM

// %%
show.diagram(lstm);
show.equations(lstm);

// %% [markdown]
// The same idea, seventeen years older. The memory $c$ has its own lane: forget gate, plus, done. What the GRU does by one
// gate (keep $1 - z$, add $z$) the LSTM does by two that need not agree: it may keep everything *and* add, or drop everything and
// add nothing. And it has a third gate $o_t$ between its memory and the world, so that it may know things without saying them.
// The dashed arrows are the peepholes; note that $o_t$ looks at the *new* memory.
//
// For comparison, the unit that both want to replace. There is not much to draw.

// %%
show.diagram(tanh);
show.equations(tanh);

// %% [markdown]
// ## Predict
//
// A GRU of 46 units has learnt the chorales of Bach. We will look at its gates while it hears one. Before you run the next cells:
//
// 1. The update gate $z$ says how much of a unit is *overwritten* at each step. On average over units and steps, is it nearer to 0 or to 1?
// 2. Do all units overwrite at the same moments (at a new chord, say), or does each have its own rhythm?
// 3. In the LSTM, will the forget gate $f$ and the input gate $i$ mirror each other, as they are forced to in the GRU?
//
// ## A trained GRU at work
//
// The network is trained now, for a few seconds; the chorale is one that it never saw.

// %%
import { defaultEngine, gatePicture, openMusic, tracePiece, train } from "gated-rnn";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 60;
const learned = await train({ dataset, cell: gru, engine, epochs, learningRate: 3e-4 });
const nll = learned.record.results.test.nllPerStep.toFixed(2);
console.log(`${dataset.title}: test NLL ${nll} nats per step after ${epochs} epochs`);

// %%
const piece = dataset.test[0];
const gates = await tracePiece(learned, piece);
for (const [name, what] of [
  ["z", "update gate"],
  ["r", "reset gate"],
  ["h", "hidden state"],
])
  await show.chart(
    gatePicture(gates, name, { title: `GRU: ${what} ${name}`, sortBy: "z", stepUnit: "quarter notes" }),
  );

// %% [markdown]
// A row is a unit, a column a quarter note; all three pictures have the units in the same order, most overwritten first.
//
// <details>
// <summary><b>Reveal: what the kept run shows</b></summary>
//
// 1. **Nearer to 1.** Most of the picture is dark blue: those units are rewritten at nearly every step. In a chorale a step is a chord, and a chord says much about the next. Only rows near the bottom
//    *keep*, now and then, for a few steps. The GRU could keep more; on this music it has not found that worth while.
// 2. **Each its own.** You will find columns where many gates change together, at the ends of phrases, but no row copies another. That is
//    the point of one gate per *unit*, and not one per layer.
// 3. See below.
//
// </details>
//
// ## A trained LSTM at work

// %%
const older = await train({ dataset, cell: lstm, engine, epochs, learningRate: 1e-3 });
const lanes = await tracePiece(older, piece);
for (const [name, what] of [
  ["f", "forget gate"],
  ["i", "input gate"],
  ["o", "output gate"],
  ["c", "memory cell"],
])
  await show.chart(
    gatePicture(lanes, name, { title: `LSTM: ${what} ${name}`, sortBy: "f", stepUnit: "quarter notes" }),
  );

// %% [markdown]
// If the LSTM did what the GRU must, the picture of $i$ would be that of $f$ with white and blue exchanged. It is anything but. In the kept run **some twenty of the 36 units have both gates wide open at every step**: they forget nothing
// and add at each step, so their memory $c$ can only grow. Look at the last picture: it runs up to 80, in even stripes. Such a unit is a clock. Its $\tanh(c)$ is stuck at plus or minus one after a few steps, and from then on it tells
// the output layer nothing at all. The music is made by the other third, the rows below, where gates open and close.
//
// That is one answer to the question why the LSTM does worse than the GRU on these small sets, at the same number of parameters: it can lose units in a way that the GRU cannot. The GRU's state is a mean of numbers between −1 and 1, and stays there.
// (Weight noise and a large learning rate make it likelier. A smaller rate loses fewer units, and then learns more slowly than the GRU.)
//
// ## Exercise: how much is kept?
//
// Say it in one number. `gates.values.get("z")` holds all update gates, step after step, as one long array. **Compute the mean share of a unit
// that is *kept* per step**, $1 - z$ averaged over units and steps, and put it into `kept`.

// %% tags=["exercise"]
const z = gates.values.get("z") ?? new Float32Array(1);
const kept = 0; // replace this: the mean of 1 - z

// %%
const mean = z.reduce((sum, gate) => sum + gate, 0) / z.length;
show.check(
  Math.abs(kept - (1 - mean)) < 0.005,
  "The mean of 1 − z is 1 minus the mean of z: sum up `z`, divide by its length.",
);

// %% [markdown]
// A unit that keeps a share $k$ of itself per step has after $n$ steps $k^n$ of what it knew. The mean over units says little about that: ten
// units that keep 0.99 and thirty that keep nothing remember better than forty that keep 0.25. Memory lives in the rows at the
// bottom of the picture. [Why it works](08-why-it-works.ipynb) measures how far back it reaches.
