// %% [markdown]
// # Figure 2: learning curves on music
//
// The second figure of [the paper](https://arxiv.org/abs/1412.3555) has four panels. Two data sets, Nottingham's folk tunes and MuseData; above, the score
// against *iterations*, below, the same against the *wall clock*. The lower panels are what a practitioner wants to know and papers
// seldom show: a unit that learns more per epoch may still lose if its epochs take longer.
//
// What you see here are not sketches. The runs behind the curves, 144 of them on four sets, lie as records beside this
// notebook, every epoch of every run. They took an hour and a half of processor time, so they were not made in this notebook, but by one command, which you can
// repeat (it goes on where it was stopped):
//
// ```sh
// npx gated-rnn sweep --preset paper-music
// ```
//
// For each set and unit ten learning rates were tried, as in the paper, and the rate with the best validation score was trained
// with two more seeds.

// %%
import { chosenRecords, learningCurves, readRecords, show } from "gated-rnn";

const records = readRecords("results/music");
const chosen = chosenRecords(records);
console.log(`${records.length} runs, ${chosen.length} of them at a chosen learning rate`);

// %% [markdown]
// ## Predict
//
// Before you scroll, the two questions that the paper's figure answers:
//
// 1. Which unit's curve falls fastest per epoch? And per second?
// 2. Where does the solid line (validation) part from the dashed one (training), and for which unit first?
//
// ## (a) Nottingham
//
// Dashed: training, as training saw it, with noise on the weights. Solid: validation, without. A line is the mean of three seeds, the band
// reaches from the lowest to the highest of them. The axis is logarithmic, as in the paper.

// %%
const nottingham = chosen.filter((record) => record.configuration.data === "nottingham");
await show.chart(learningCurves(nottingham, { x: "epoch" }));
await show.chart(learningCurves(nottingham, { x: "seconds" }));

// %% [markdown]
// The seconds are processor seconds, so that a neighbour's work on the same machine does not count. They are those of our engine, which makes the three
// units' steps nearly equally fast; on the paper's GPU an LSTM step cost more than a tanh step. So the panels look alike here, where the paper's lower ones are stretched.
//
// ## (b) MuseData

// %%
const musedata = chosen.filter((record) => record.configuration.data === "musedata");
await show.chart(learningCurves(musedata, { x: "epoch" }));
await show.chart(learningCurves(musedata, { x: "seconds" }));

// %% [markdown]
// <details>
// <summary><b>Reveal: what the curves say</b></summary>
//
// 1. **The GRU**, on both sets and on both axes, by far: within twenty epochs it is where the LSTM arrives at the end. In the
//    paper the gated units also fall faster than tanh on Nottingham. Here the *LSTM is the slowest* of the three, slower than tanh.
// 2. **The GRU** again. On Nottingham its dashed line goes on down while the solid one has been level for a hundred epochs. It is learning the tunes by
//    heart. The chosen parameters are those of the dot, the best validation epoch.
//
// </details>
//
// ## Are they done?
//
// A curve that still falls at the end of a run is a result that is not there yet. The paper does not say how long it trained; early stopping
// ended its runs. Ours had 200 epochs. These were still at their best in the last three of them:

// %%
import { cellTitle, isStillLearning } from "gated-rnn";

for (const record of chosen.filter(isStillLearning)) {
  const { data, configuration, bestEpoch, curve } = record;
  console.log(
    `${data.title}, ${cellTitle(configuration.cell)}, seed ${configuration.seed}: best at epoch ${bestEpoch} of ${curve.length}`,
  );
}

// %% [markdown]
// All of them are the LSTM on MuseData, or runs on Nottingham. Since the learning rate falls to nearly nothing at the end of a run, even these are
// nearly flat. But a longer run with a slower fall might go lower. So some of them were repeated with 800 epochs:

// %%
import { resultsTable } from "gated-rnn";

const long = readRecords("results/long");
for (const data of ["nottingham", "musedata"]) {
  const runs = long.filter((record) => record.configuration.data === data && record.status === "finished");
  if (runs.length > 0) show.table(resultsTable(runs));
}

// %% [markdown]
// The LSTM gains on both sets, most on Nottingham, where one of its three seeds had been stuck. The GRU gains nothing: its best epoch comes long before the end.
// So the order of the units on these two sets is *not* an effect of having stopped too early, but a good part of the LSTM's
// distance, and its wide band, is.
//
// ## Live
//
// Here is a piece of the same figure made before your eyes: the three units on sixty of Nottingham's tunes, for a few seconds each.

// %%
import { defaultEngine, openMusic, paperCells, train } from "gated-rnn";

const full = await openMusic("nottingham").catch(() => openMusic("synthetic"));
const [lessons, valid, test] = [full.train.slice(0, 60), full.valid.slice(0, 30), full.test.slice(0, 30)];
const dataset = { ...full, name: "excerpt", train: lessons, valid, test };
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 1 : 40;
const live = show.training({ title: `${full.title}, sixty pieces` });

// %%
const runs = [];
for (const cell of paperCells)
  runs.push((await train({ dataset, cell, engine, epochs, ...live.watch(cell) })).record);
await live.done(runs);

// %% [markdown]
// Compare with the panels above, and take a warning. On sixty tunes, with one learning rate for all, forty epochs are a tenth of the updates that the runs
// above had, and the order need not be theirs: in the kept run tanh is ahead, and the GRU, which needs a smaller rate at first, comes second. A quick experiment
// shows that a unit learns. It does not show which unit is better: for that the paper searched the learning rates, and so did we.
//
// ## Exercise: seconds to a score
//
// A fair summary of a learning curve is the time it takes to reach a score that matters. **After how many epochs does the first seed's GRU fall below 3.7 nats
// per step on Nottingham's validation pieces?** A record's `curve` is a list of points; a point has `epoch` and `valid.nllPerStep`.

// %% tags=["exercise"]
const first = nottingham.find((record) => record.configuration.cell === "gru");
const epoch = 0; // replace this

// %%
const answer = first?.curve.find((point) => point.valid.nllPerStep < 3.7)?.epoch;
show.check(
  epoch === answer,
  "Look for the first point whose `valid.nllPerStep` is below 3.7: `first.curve.find(…)`.",
);

// %% [markdown]
// Try the same for tanh and the LSTM. One of them gets there later by a factor, and the other never does.
