// %% [markdown]
// # Figure 1: what is inside a gated unit
//
// The first figure of [the paper](https://arxiv.org/abs/1412.3555) shows two drawings: a long
// short-term memory, and a gated recurrent unit. Drawings of recurrent units have a reputation.
// Everybody has one, no two agree, and half of the arrows mean something else. So the drawings
// below are not drawn by hand. A unit in this library *is* its equations; they are run once on
// symbols, and the graph that this leaves behind is what gets trained, what gets printed, and what
// gets drawn. If one of the three were wrong, all would be.
//
// How to read them: grey pills come in on the left, blue pills go out on the right. A **box is a
// gate**: it adds up the products on its thick arrows (a full weight matrix, its name on the arrow)
// and squeezes the sum. A dashed arrow is a diagonal matrix, one number per unit. A **circle with a
// dot** multiplies element by element, a circle with a plus adds.
//
// ## The GRU

// %%
import { gru, lstm, show, tanh } from "gated-rnn";

show.diagram(gru);
show.equations(gru);

// %% [markdown]
// Follow the old state $h_{t-1}$ through the lower half: it meets $1 - z_t$, and then only a plus.
// No matrix, no squeezing function stands between the old state and the new one. Where a unit's
// update gate $z_t$ is 0, its memory walks through untouched, and so does, on the way back, the
// gradient. The upper half makes the candidate $c_t$; the reset gate $r_t$ decides what of the past
// the candidate may look at.
//
// ## The LSTM

// %%
show.diagram(lstm);
show.equations(lstm);

// %% [markdown]
// The same idea, seventeen years older. The memory $c$ has its own lane: forget gate, plus, done.
// What the GRU does by one gate (keep $1 - z$, add $z$) the LSTM does by two that need not agree:
// it may keep everything *and* add, or drop everything and add nothing. And it has a third gate
// $o_t$ between its memory and the world, so that it may know things without saying them. The
// dashed arrows are the peepholes; note that $o_t$ looks at the *new* memory.
//
// For comparison, the unit that both want to replace. There is not much to draw.

// %%
show.diagram(tanh);
show.equations(tanh);

// %% [markdown]
// ## Predict
//
// A GRU of 46 units has learnt the chorales of Bach. We will look at its gates while it hears one.
// Before you run the next cells:
//
// 1. The update gate $z$ says how much of a unit is *overwritten* at each step. On average over
//    units and steps, is it nearer to 0 or to 1?
// 2. Do all units overwrite at the same moments (at a new chord, say), or does each have its own
//    rhythm?
// 3. In the LSTM, will the forget gate $f$ and the input gate $i$ mirror each other, as they are
//    forced to in the GRU?
//
// ## A trained GRU at work
//
// The network is trained now, for a few seconds; the chorale is one that it never saw.

// %%
import { defaultEngine, openMusic, train } from "gated-rnn";
import { gatePicture, tracePiece } from "gated-rnn/show";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 60;
const learned = await train({ dataset, cell: gru, engine, epochs, learningRate: 3e-4 });
const nll = learned.record.results.test.nllPerStep.toFixed(2);
console.log(`${dataset.title}: test NLL ${nll} nats per step after ${epochs} epochs`);

// %%
import { listeningPicture, surprise } from "gated-rnn/show";

const piece = dataset.test[0];
const stepUnit = "quarter notes";
const gates = await tracePiece(learned, piece);
const z = gates.values.get("z") ?? new Float32Array(46);
const share = (unit: number) => z.reduce((sum, v, i) => sum + (i % 46 === unit ? v : 0), 0);
const unit = Array.from({ length: 46 }, (_, k) => k).reduce((a, b) => (share(b) < share(a) ? b : a));
const paid = await surprise(learned, piece);
const heard = { gate: "z", unit, stepUnit, title: "A GRU hears a chorale" };
await show.chart(listeningPicture(piece, gates, paid, heard));

// %% [markdown]
// Four panels, one clock. On top the chorale, all of it. Below it the update gate $z$ of all 46
// units, a row a unit: dark blue is overwritten, white is kept. The arrow marks the row of the unit
// that keeps the most, followed by itself in the third panel. At the bottom is the surprise: what
// the network pays for each step, in nats. The held chord at the end costs least of all, and the
// bars jump where the music turns. Look above the jumps: over some of them there is a column in
// which many units change what they keep, over others there is none. What is surprising and what is
// forgotten go together, but loosely.
//
// The other gate and the state, with the units in the same order, most overwritten first:

// %%
for (const [name, what] of [
  ["r", "reset gate"],
  ["h", "hidden state"],
])
  await show.chart(gatePicture(gates, name, { title: `GRU: ${what} ${name}`, sortBy: "z", stepUnit }));

// %% [markdown]
// <details>
// <summary><b>Reveal: what the kept run shows</b></summary>
//
// 1. **Nearer to 1.** Most of the picture is dark blue: those units are rewritten at nearly every
//    step. In a chorale a step is a chord, and a chord says much about the next. Only rows near the
//    bottom *keep*, now and then, for a few steps. The GRU could keep more; on this music it has
//    not found that worth while.
// 2. **Each its own.** You will find columns where many gates change together, but no row copies
//    another. That is the point of one gate per *unit*, and not one per layer.
// 3. See below.
//
// </details>
//
// ## A trained LSTM at work

// %%
const older = await train({ dataset, cell: lstm, engine, epochs, learningRate: 1e-3 });
const lanes = await tracePiece(older, piece);
const price = await surprise(older, piece);
const f = lanes.values.get("f") ?? new Float32Array(36);
const open = (k: number) => (36 / f.length) * f.reduce((sum, v, i) => sum + (i % 36 === k ? v : 0), 0);
const half = Array.from({ length: 36 }, (_, k) => Math.abs(open(k) - 0.5));
const [title, busy] = ["An LSTM hears the same chorale", half.indexOf(Math.min(...half))];
const follow = { gate: "f", unit: busy, stepUnit, title };
await show.chart(listeningPicture(piece, lanes, price, follow));

// %%
for (const [name, what] of [
  ["i", "input gate"],
  ["o", "output gate"],
  ["c", "memory cell"],
])
  await show.chart(gatePicture(lanes, name, { title: `LSTM: ${what} ${name}`, sortBy: "f", stepUnit }));

// %%
const all = (name: string) => [...(lanes.values.get(name) ?? [])];
const least = (gate: string, unit: number) =>
  Math.min(...all(gate).filter((_, i) => i >= 36 && i % 36 === unit));
const clocks = Array.from({ length: 36 }, (_, k) => k).filter(
  (k) => least("f", k) > 0.9 && least("i", k) > 0.9,
);
const farthest = Math.max(...all("c").map(Math.abs));
console.log(`${clocks.length} of 36 units have f and i above 0.9 at every step after the first`);
console.log(`the largest memory |c| is ${farthest.toFixed(0)}, where tanh(c) sees nothing beyond 4`);

// %%
const told = (unit: number) => all("h").filter((_, i) => i >= 360 && i % 36 === unit);
const silent = clocks.filter((k) => Math.max(...told(k)) - Math.min(...told(k)) < 0.1);
console.log(`after ten steps the state h of ${silent.length} of them moves by less than 0.1`);

// %% [markdown]
// If the LSTM did what the GRU must, the picture of $i$ would be that of $f$ with white and blue
// exchanged. It is anything but. Half of the units have **both gates wide open at every step** but
// the first: they forget nothing and add at each step, so their memory $c$ only grows. Look at the
// last picture, and its even stripes. Such a unit is a clock. Its $\tanh(c)$ is stuck at plus or
// minus one after a few steps, and from then on nearly all of them tell the output layer the same
// at every step: nothing. The music is made by the others, the rows below, where gates open and
// close.
//
// That is one answer to the question why the LSTM does worse than the GRU on these small sets, at
// the same number of parameters: it can lose units in a way that the GRU cannot. The GRU's state is
// a mean of numbers between −1 and 1, and stays there. (Weight noise and a large learning rate make
// it likelier. A smaller rate loses fewer units, and then learns more slowly than the GRU.)
//
// ## Exercise: how much is kept?
//
// Say it in one number. `z` holds all update gates, step after step, as one long array. **Compute
// the mean share of a unit that is *kept* per step**, $1 - z$ averaged over units and steps, and
// put it into `kept`.

// %% tags=["exercise"]
const kept = 1 - z[0]; // replace this: so far it is one unit at one step

// %%
import { exercises } from "gated-rnn/show";

exercises.keptShare(kept, gates);

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// ```ts
// const kept = 1 - z.reduce((sum, gate) => sum + gate, 0) / z.length;
// ```
//
// </details>

// %% [markdown]
// A unit that keeps a share $k$ of itself per step has after $n$ steps $k^n$ of what it knew. The
// mean over units says little about that: ten units that keep 0.99 and thirty that keep nothing
// remember better than forty that keep 0.25. Memory lives in the rows at the bottom of the picture.
// [Why it works](08-why-it-works.ipynb) measures how far back it reaches.
