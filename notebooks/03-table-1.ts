// %% [markdown]
// # Table 1: a fair match
//
// Who wants to compare three engines should not put them into cars of different weight. Units with
// more gates have more matrices, so a layer of 100 LSTM units is four times as large as one of 100
// tanh units, and if it then does better, what has been shown? Table 1 of [the
// paper](https://arxiv.org/abs/1412.3555) is short and easily overlooked, and it is what makes the
// rest of it worth reading: the number of *units* differs, so that the number of *parameters* is
// about the same.
//
// | | music | speech |
// | --- | ---: | ---: |
// | LSTM | 36 units, ≈ 19.8 thousand parameters | 195 units, ≈ 169.1 thousand |
// | GRU | 46 units, ≈ 20.2 thousand | 227 units, ≈ 168.9 thousand |
// | tanh | 100 units, ≈ 20.1 thousand | 400 units, ≈ 168.4 thousand |
//
// ## Count them
//
// A layer of $n$ units on $d$ inputs has for every affine product a matrix $d \times n$ for the
// input, one $n \times n$ for the state, and $n$ biases. tanh has one such product, the GRU three,
// the LSTM four, and the LSTM has three peepholes of $n$ numbers more. So
//
// $$ P_{\text{tanh}} = n(d + n + 1), \qquad P_{\text{GRU}} = 3n(d + n + 1), \qquad P_{\text{LSTM}} = 4n(d + n + 1) + 3n . $$
//
// The library does not know these formulas. It counts what stands in a cell's graph, whatever the
// cell:

// %%
import { type Cell, gru, lstm, parameterCount, show, tanh } from "gated-rnn";

const count = (unit: Cell, inputSize: number, hiddenSize: number) =>
  parameterCount(unit, { inputSize, hiddenSize });
console.log("speech, 20 inputs:");
console.log("  tanh 400:", count(tanh, 20, 400));
console.log("  GRU  227:", count(gru, 20, 227));
console.log("  LSTM 195:", count(lstm, 20, 195));

// %% [markdown]
// 168,400, 168,888 and 169,065: the paper's 168.4, 168.9 and 169.1 thousand, to the last digit that
// it prints. That is worth more than it seems. The paper's equations leave the biases out, and its
// text says that the peepholes are diagonal matrices. Only *with* biases, and with *diagonal*
// peepholes, do the counts come out. The table confirms the equations, and fills in what they leave
// unsaid.
//
// ## The mystery of the music inputs
//
// So let us do the same for music. A piano has 88 keys.

// %%
for (const inputs of [88, 96, 100]) {
  const counts = [count(tanh, inputs, 100), count(gru, inputs, 46), count(lstm, inputs, 36)];
  console.log(`${inputs} inputs: tanh ${counts[0]}, GRU ${counts[1]}, LSTM ${counts[2]}`);
}

// %% [markdown]
// With 88 inputs nothing fits, the tanh layer is 1,200 parameters short. The text of the paper says
// how many inputs there are: 93 for Nottingham, 96 for the JSB Chorales, 105 for MuseData, 108 for
// Piano-midi.de. None of these is the number of a keyboard. They are the *highest MIDI note number*
// that occurs in each set: note $n$ became input $n - 1$, and the inputs for the notes below the
// piano's lowest, number 21, stayed silent for ever.
//
// So every set has its own parameter counts, and one line of the table stands for four. Which $d$
// did its authors have in mind? At $d = 100$ the counts are 20,100, 20,286 and 19,836, and the
// printed 20.1, 20.2 and 19.8 thousand are these, cut off (not rounded) after the hundreds. A round
// number between 93 and 108. We think that this is it; nobody has said so.
//
// Does it matter? For the scores, no: an input that is always 0 adds parameters that never do
// anything. For the match, a little: every silent input gives the tanh layer 100 idle weights and
// the LSTM 144.
//
// ## Predict
//
// At the same number of parameters,
//
// 1. which unit gets the most memory cells, and how many times as many as the unit that gets the
//    fewest?
// 2. if the budget is doubled, does the number of units double?
//
// ## Solve for a budget
//
// The other way round: given a budget, how many units?

// %%
import { hiddenSizeFor, paperCells } from "gated-rnn";
import { cellTitle, sizePicture } from "gated-rnn/show";

for (const budget of [20_000, 40_000, 169_000]) {
  const sizes = paperCells.map(
    (cell) => `${cellTitle(cell.name)} ${hiddenSizeFor(cell, budget > 100_000 ? 20 : 100, budget)}`,
  );
  console.log(`${budget} parameters: ${sizes.join(", ")}`);
}
await show.chart(sizePicture(paperCells, { inputSize: 100, budget: 20_000, hiddenSize: 130 }));

// %% [markdown]
// <details>
// <summary><b>Reveal</b></summary>
//
// 1. tanh, with 100 units to the LSTM's 36: nearly three times as many. A plain layer buys width
//    with what the others spend on gates. If gates win all the same, they are worth it.
// 2. No: the state's matrix grows with the square. Where the inputs dominate, twice the budget buys
//    nearly twice the units, in the long run $\sqrt 2$ times as many; here it buys 1.6 to 1.7
//    times.
//
// </details>
//
// The curves meet the line at the sizes of the table. Its authors must have done just this, perhaps
// with a pencil.
//
// What is *not* in the budget: the output layer, which reads the state. It has 88 rows of $n$
// numbers on music, and on speech 420 rows: the tanh layer, with its 400 units, has an output layer
// as large as itself, the LSTM's is half of that. By all parameters, tanh is the largest of the
// three.

// %%
const outputs = (units: number, readouts: number) => (units + 1) * readouts;
for (const [unit, music, speech] of [
  ["tanh", 100, 400],
  ["GRU", 46, 227],
  ["LSTM", 36, 195],
] as const)
  console.log(`${unit}: output layer ${outputs(music, 88)} on music, ${outputs(speech, 420)} on speech`);

// %% [markdown]
// ## Exercise: the LSTM without peepholes
//
// Most libraries leave the peepholes out today. Before you use one for a comparison like the
// paper's: **how many units does an LSTM without peepholes get on music**, for 20,000 parameters
// and 100 inputs? Put your number into `units`. (Its count is $4n(d + n + 1)$.)

// %% tags=["exercise"]
const units = 0; // replace this

// %%
import { exercises } from "gated-rnn/show";

exercises.unitsWithoutPeepholes(units);

// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// $4n(n + 101) = 20000$ has the root $n = (-101 + \sqrt{101^2 + 4 \cdot 5000}) / 2 = 36.4$:
//
// ```ts
// const units = Math.round((-101 + Math.sqrt(101 ** 2 + 4 * 5000)) / 2);
// ```
//
// As many as with peepholes, within half a unit.
//
// </details>

// %% [markdown]
// Three rows of $n$ numbers in twenty thousand are not a matter of size. Whether they are a matter
// of *skill* is another question, and one that can be asked here in a few lines: write the cell
// without them, and train both. [Your own cell](10-your-own-cell.ipynb) shows how.
