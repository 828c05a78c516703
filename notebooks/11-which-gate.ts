// %% [markdown]
// # Which gate does the work?
//
// [The paper](https://arxiv.org/abs/1412.3555) ends by asking to separate the contribution of each
// component of a gated unit. This is the **gate atlas**: the variants of the LSTM and the GRU that
// the literature has, each of them one file of equations in this library, each trained as the whole
// units were, and compared with them piece by piece. A gate that can be taken away without loss did
// no work. One whose loss hurts did some. And some units are better off without.
//
// ## How to take a gate away
//
// Set it to a constant: an open input gate is $i = 1$, an open forget gate $f = 1$, a reset gate
// that never resets $r = 1$. Or tie it to another: $f = 1 - i$ (CIFG), $r = z$ (the minimal gated
// unit). Or let it see less: only the old state, only the input, or nothing at all. All of them:

// %%
import { cellNamed, show, zoo } from "gated-rnn";

for (const { name, variant } of zoo)
  console.log(`${name.padEnd(18)}${variant?.short.padEnd(12)}${variant?.differs}`);
for (const name of ["lstm-cifg", "gru-no-update", "janet"]) show.equations(cellNamed(name));

// %% [markdown]
// A gate that is gone hands its parameters over. At **the same budget** of 20,000 parameters the
// rest gets more units, and that is the comparison below, as it is the paper's. (At *the same
// width* a missing gate is also a smaller network; `--width origin` compares that way.)
//
// ## Predict
//
// Write your answers down before you scroll. On the chorales:
//
// 1. Of the LSTM's three gates, input, forget and output: whose removal hurts most, whose least?
// 2. The GRU without its reset gate; the GRU without its update gate: which of them is worse?
// 3. Will any variant beat the unit that it was cut from?
// 4. In two variants (minGRU, minLSTM) no gate sees the state: they see the input and nothing else.
//    How much worse than the whole are they?
//
// ## The atlas
//
// A point is what a variant loses (right) or wins (left) against its whole unit, in nats per step
// on the test pieces, with a 95 % interval; inside the grey band it is too small to matter. All
// were chosen among the same learning rates.

// %%
import { readRecords } from "gated-rnn";
import { atlasPicture, atlasTable } from "gated-rnn/show";
import { atlasRows } from "gated-rnn/sweep";

const records = readRecords("results/atlas");
const rows = atlasRows(records);
await show.chart(atlasPicture(rows, "What each variant loses against its whole unit"));

// %% [markdown]
// <details>
// <summary><b>Reveal: every number</b></summary>
//
// The table below is computed from the committed records, as `gated-rnn atlas
// notebooks/results/atlas` prints it. Read the column of seeds before the column of verdicts: with
// one seed an interval is over test pieces alone, and another seed may move any point by as much as
// it pleases. [How much that is](07-claims.ipynb) was some hundredths of a nat for the whole units
// on this set, so differences of that size in the table are anecdotes.
//
// </details>

// %%
show.table(atlasTable(rows));

// %% [markdown]
// ## Your predictions, judged
//
// The sentences below are not typed, they are computed from the rows of the table.

// %%
import { variantTitle } from "gated-rnn/show";

const loss = (cell: string) => rows.find((r) => r.cell === cell)?.comparison?.difference.value ?? NaN;
const byLoss = (...cells: string[]) => cells.sort((a, b) => loss(b) - loss(a));
const nats = (cell: string) => `${variantTitle(cell)} ${loss(cell).toFixed(2).replace("-", "−")}`;
const ahead = rows.filter((row) => /^a (clearly )?better$/.test(row.comparison?.verdict ?? ""));
console.log(`1. worst first: ${byLoss("lstm-nig", "lstm-nfg", "lstm-nog").map(nats).join(", ")}`);
console.log(`2. worse first: ${byLoss("gru-no-reset", "gru-no-update").map(nats).join(", ")}`);
console.log(`3. beat their whole: ${ahead.map((row) => nats(row.cell)).join(", ") || "none"}`);
console.log(`4. input only: ${["min-gru", "min-lstm"].map(nats).join(", ")}`);

// %% [markdown]
// ## What the literature found, and what holds here
//
// Greff et al. (2017) cut eight variants out of the LSTM on speech, handwriting and, as here,
// chorales; Jozefowicz et al. (2015) searched ten thousand cells; Dey and Salem (2017) thinned out
// the GRU's gates on images of digits and film reviews. Each finding as a condition on our rows:

// %%
const is = (cell: string, ...verdicts: string[]) =>
  verdicts.includes(rows.find((row) => row.cell === cell)?.comparison?.verdict ?? "none");
const worse = (cell: string) => is(cell, "b better", "b clearly better");
const cost = rows
  .filter((r) => r.of === "lstm")
  .map((r) => r.cell)
  .sort((a, b) => loss(b) - loss(a));
const worst = cost.slice(0, 2);
const gates = byLoss("lstm-nig", "lstm-nfg", "lstm-nog");
const greff = ["lstm-nfg", "lstm-noaf"].every((cell) => worst.includes(cell));

// %%
const found: Record<string, boolean> = {
  "the forget gate and the output activation matter most (Greff)": greff,
  "coupling input and forget gates costs nothing (Greff)": !worse("lstm-cifg"),
  "peepholes are worth nothing (Greff)": !worse("lstm-no-peepholes"),
  "no variant beats the plain LSTM (Greff)": !ahead.some(({ of }) => of === "lstm"),
  "of three gates the forget gate is critical (Jozefowicz)": gates[0] === "lstm-nfg",
  "of three gates the output gate matters least (Jozefowicz)": gates[2] === "lstm-nog",
  "a forget bias of 1 helps (Jozefowicz)": ahead.some(({ cell }) => cell === "lstm-forget-1"),
  "MUT1 beats the GRU (Jozefowicz)": ahead.some(({ cell }) => cell === "mut-1"),
  "GRU1, 2 and 3 match the GRU (Dey, not on music)": !["gru-1", "gru-2", "gru-3"].some(worse),
};

// %%
for (const [finding, holds] of Object.entries(found))
  console.log(`${holds ? "holds here" : "not here  "}  ${finding}`);

// %% [markdown]
// ## What a gate does: seen
//
// Numbers say that a gate can go; they do not say what it did. Here is a whole GRU, trained for a
// minute, while a chorale plays. A column is a step, a row a unit; blue is 1.

// %%
import { defaultEngine, openMusic, train } from "gated-rnn";
import { gatePicture, tracePiece } from "gated-rnn/show";

const dataset = await openMusic("jsb").catch(() => openMusic("synthetic"));
const engine = await defaultEngine();
const epochs = engine.name === "reference" ? 2 : 40;
const how = { dataset, engine, epochs, learningRate: 6e-4 };
const trained = await train({ cell: cellNamed("gru"), ...how });
const units = { kind: "music", lowestNote: dataset.lowestNote, stepsPerQuarter: 2 } as const;
const trace = await tracePiece({ ...trained, units }, dataset.test[0], engine);

// %%
await show.chart(gatePicture(trace, "z", { title: "The update gate z: blue overwrites" }));
await show.chart(gatePicture(trace, "r", { title: "The reset gate r: blue sees the old state" }));

// %% [markdown]
// ## Amputated, or born without
//
// There are two ways to be without a gate. The atlas trains units that *never had* it. One can also
// take a trained unit and nail its gate open: all weights into it 0, its bias 50, so that
// $\sigma(50) = 1$. Nothing else has had time to adapt. What does each gate's amputation cost, as
// against its absence from birth?

// %%
import { initialState } from "gated-rnn";
import { batchOf } from "gated-rnn/data";

const test = batchOf(dataset.test, dataset);
const nll = async (gate: string) => {
  const open = (name: string, w: Float32Array) => (name === `b_${gate}` ? w.map(() => 50) : w.fill(0));
  const weights = [...trained.parameters].map(([name, w]) => [name, Float32Array.from(w)] as const);
  const parameters = weights.map(([n, w]) => [n, n.endsWith(`_${gate}`) ? open(n, w) : w] as const);
  const state = { ...initialState(trained.model, 1), parameters: new Map(parameters) };
  const scored = await (await engine.open(trained.model, state)).evaluate(test);
  return scored.reduce((s, { nll }) => s + nll, 0) / scored.reduce((s, { steps }) => s + steps, 0);
};

// %%
const whole = await nll("no such gate");
for (const [gate, cell] of [
  ["r", "gru-no-reset"],
  ["z", "gru-no-update"],
]) {
  const born = (await train({ cell: cellNamed(cell), ...how })).record.results.test.nllPerStep;
  const cut = await nll(gate);
  console.log(
    `${gate}: whole ${whole.toFixed(2)}, nailed open ${cut.toFixed(2)}, never had it ${born.toFixed(2)}`,
  );
}

// %% [markdown]
// <details>
// <summary><b>Reveal</b></summary>
//
// A trained unit leans on its gates: nailed open afterwards, they cost far more than a unit pays
// that grew up without them. What a gate *does* in a trained network and what it is *worth* are two
// questions. An ablation of trained networks answers the first; only training again answers the
// second. The pictures above belong to the first kind.
//
// </details>
//
// ## How long a memory?
//
// The chorales ask for little memory. [The recall task](08-why-it-works.ipynb) asks for nothing
// else: a note, a scale that is always the same, and the note again. It separates what the chorales
// leave together.

// %%
import { memoryTable } from "gated-rnn/show";
import { memoryRows } from "gated-rnn/sweep";

const memory = memoryRows(records);
if (memory.length > 0) show.table(memoryTable(memory));
const keep = (kept: boolean) => memory.filter((row) => row.isKept === kept);
for (const kept of [true, false])
  console.log(
    `${kept ? "kept" : "lost"}: ${keep(kept)
      .map((r) => `${r.cell} (${r.steps})`)
      .join(", ")}`,
  );

// %% [markdown]
// Whoever is good at the one need not be good at the other. The GRU without its update gate is ahead
// of the whole on the chorales, by having more units in its place, and forgets a note within ten
// steps, which the whole never does. Which gate does the work depends on the work.
//
// And the LSTM, [last on music](07-claims.ipynb) as a whole: without its peepholes it is level with
// the GRU here. What held it back may have been the one part that nobody else kept.
//
// ## What these verdicts are worth
//
// This is what has run so far, and no more: the table's column of seeds and its note on rates say
// how much. The whole plan, all four music sets, ten rates, ten seeds, both widths and both
// protocols, is one command, `gated-rnn sweep --preset atlas`, and goes on from the records here;
// [docs/atlas.md](../docs/atlas.md) has its machine time. Until then each verdict is about one set,
// one training protocol and one seed or three: it is worth a bet, not a theorem.
//
// ## Exercise: what a gate is worth in units
//
// The GRU has 46 units on 100 keys for the paper's budget of 20,000 parameters. **How many units
// does the GRU without a reset gate get?** Each of its two products has a matrix for the input, one
// for the state, and a bias: $2 (100 n + n^2 + n)$. Take the number that comes nearest.

// %% tags=["exercise"]
const answer = 46; // replace this

// %%
import { exercises } from "gated-rnn/show";

exercises.unitsForBudget(answer, cellNamed("gru-no-reset"));

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// $2 (n^2 + 101 n) = 20000$ gives $n = (-101 + \sqrt{101^2 + 40000}) / 2 = 61.5$. With 61 units
// there are 19,764 parameters, with 62 there are 20,212: 62 is nearer.
//
// ```ts
// const answer = 62; // or: hiddenSizeFor(cellNamed("gru-no-reset"), 100, 20_000)
// ```
//
// Sixteen units more than the whole GRU has: that is what the reset gate costs, and what it would
// have to be worth.
//
// </details>
