import { type Cell, cell } from "../cells/cell.js";
import { isSameStep } from "../cells/same-step.js";
import { hiddenSizeFor, parameterCount } from "../cells/size.js";
import type { PianoRoll } from "../data/piano-roll.js";
import type { Trace } from "../engines/engine.js";
import { pairedTest } from "../statistics/paired-test.js";
import type { RunRecord } from "../train/record.js";
import { traceValues } from "./gate-picture.js";
import { check } from "./notebook.js";

// The checks of the notebooks' exercises, by notebook. They are here so that no notebook shows its
// answers beside the question; each says whether an answer is right yet, and if not, gives a hint
// that is not the answer.

const isClose = (answer: number, right: number, within: number) =>
  Math.abs(answer - right) <= within;

const parameterNames = ({ graph }: Cell) =>
  graph.parameters
    .map(({ name }) => name)
    .sort()
    .join(" ");

/** 01: a GRU without its reset gate. */
export function withoutReset(mine: Cell): void {
  const right = cell("right", ({ input: x, hidden: h, affine, sigmoid, tanh, ...word }) => {
    const z = sigmoid(affine("z", x, h));
    const c = tanh(affine("c", x, h));
    return { h: word.plus(word.times(word.oneMinus(z), h), word.times(z, c)) };
  });
  const names = parameterNames(mine);
  const hint = /_r\b/.test(names)
    ? "Your cell still has parameters of a reset gate. Who reads r?"
    : names === parameterNames(right)
      ? "The parameters are right, but the new state is another one. What else did you change?"
      : `Your cell has the parameters ${names}: the update gate and the candidate should have theirs.`;
  check(isSameStep(mine, right), hint);
}

/** 02: the mean share of a unit that is kept at a step, 1 − z. */
export function keptShare(answer: number, gates: Trace): void {
  const z = traceValues(gates, "z");
  const mean = z.reduce((sum, gate) => sum + gate, 0) / z.length;
  const other = isClose(answer, mean, 0.005) && !isClose(answer, 1 - mean, 0.005);
  check(
    isClose(answer, 1 - mean, 0.005),
    other
      ? "That is what is overwritten. What is left?"
      : "Every number in the array counts once, whichever unit and step it belongs to.",
  );
}

/** 03: units of an LSTM without peepholes, for 20,000 parameters and 100 inputs. */
export function unitsWithoutPeepholes(answer: number): void {
  const count = (n: number) => 4 * n * (100 + n + 1);
  const away = (n: number) => Math.abs(count(n) - 20_000);
  const right = answer > 0 && away(answer) < away(answer - 1) && away(answer) < away(answer + 1);
  check(
    right,
    `${answer} units have ${count(answer).toLocaleString("en")} parameters: ${count(answer) < 20_000 ? "fewer" : "more"} than the budget, and a neighbour may come closer.`,
  );
}

/** 04: the first epoch whose validation NLL is below a goal, in nats per step. */
export function firstBelow(answer: number, record: RunRecord | undefined, goal: number): void {
  const right = record?.curve.find((point) => point.valid.nllPerStep < goal)?.epoch;
  const own = record?.curve[answer - 1]?.valid.nllPerStep;
  check(
    right !== undefined && answer === right,
    own === undefined
      ? "An epoch of that number is not on the curve."
      : own < goal
        ? `At epoch ${answer} it is below, but was it for the first time?`
        : `At epoch ${answer} the validation score is still ${own.toFixed(2)}.`,
  );
}

/** 05: nats per step of ten samples, as bits per sample. */
export function bitsPerSample(answer: number, natsPerStep: number): void {
  const right = natsPerStep / 10 / Math.LN2;
  const hint = isClose(answer, -right, 0.01)
    ? "The size is right. Which sign has a density above 1?"
    : isClose(answer, right * 10, 0.1)
      ? "That is per step."
      : isClose(answer, natsPerStep / 10, 0.01)
        ? "That is still in nats."
        : "Two conversions: one for the samples, one for the unit of information.";
  check(isClose(answer, right, 0.01), hint);
}

/** 06: in how many pairs of one run each the first runs score lower. */
export function pairsAhead(
  answer: number,
  first: readonly RunRecord[],
  second: readonly RunRecord[],
): void {
  const score = (run: RunRecord) => run.results.test.nllPerStep;
  const ahead = first.flatMap((a) => second.filter((b) => score(a) < score(b))).length;
  check(
    answer === ahead,
    `There are ${first.length * second.length} pairs. Is a lower score better or worse?`,
  );
}

/** 07: the smallest p-value of the randomisation test for a number of pairs. */
export function smallestPValue(answer: number, pairs: number): void {
  const extreme = Array.from({ length: pairs }, (_, i) => i + 1);
  const { pValue } = pairedTest(
    extreme,
    extreme.map(() => 0),
  );
  check(
    isClose(answer, pValue, 1e-9),
    isClose(answer, pValue / 2, 1e-9)
      ? "The test has two sides."
      : "In how many ways can signs be given, and how many of them are as extreme as the most extreme?",
  );
}

/** 08: the share of a memory kept at a step, given the forget gate's bias. */
export function forgetShare(answer: number, bias: number): void {
  const right = 1 / (1 + Math.exp(-bias));
  check(
    isClose(answer, right, 0.005),
    isClose(answer, 1 - right, 0.005)
      ? "That is what is forgotten."
      : "Put the bias into the equation of f: what is left of it when all other terms are 0?",
  );
}

/** 09: a piece of 32 steps at a temperature between 0.6 and 0.9. */
export function careful(piece: PianoRoll): void {
  const temperature = Number(/temperature ([\d.]+)$/.exec(piece.name ?? "")?.[1] ?? 1);
  const wrong = [
    ...(piece.length === 32 ? [] : [`it has ${piece.length} steps`]),
    ...(temperature >= 0.6 && temperature <= 0.9 ? [] : [`its temperature is ${temperature}`]),
  ];
  check(wrong.length === 0, `Listen to it: ${wrong.join(", and ")}.`);
}

/** 10: an LSTM without peepholes whose input gate is 1 − f. */
export function coupledLstm(mine: Cell): void {
  const right = cell(
    "right",
    ({ input: x, hidden: h, previous, affine, sigmoid, tanh, ...word }) => {
      const f = sigmoid(affine("f", x, h));
      const o = sigmoid(affine("o", x, h));
      const candidate = tanh(affine("c", x, h));
      const c = word.plus(word.times(f, previous("c")), word.times(word.oneMinus(f), candidate));
      return { h: word.times(o, tanh(c)), c };
    },
  );
  const states = mine.graph.states.map(({ name }) => name).sort();
  const names = parameterNames(mine);
  const has = parameterCount(mine, { inputSize: 88, hiddenSize: 40 });
  check(
    isSameStep(mine, right),
    states.join() !== "c,h"
      ? `It has the state ${states.join(", ")}; an LSTM has two.`
      : names !== parameterNames(right)
        ? `It has ${has} parameters, at 40 units on 88 keys: ${names}.`
        : "States and parameters are right. Where does the input gate come from, if it has no product of its own, and what does the output gate let out?",
  );
}

/** 11: units of a cell for 20,000 parameters and 100 inputs. */
export function unitsForBudget(answer: number, cell: Cell): void {
  const count = parameterCount(cell, { inputSize: 100, hiddenSize: answer });
  check(
    answer === hiddenSizeFor(cell, 100, 20_000),
    `${answer} units have ${count.toLocaleString("en")} parameters: ${count < 20_000 ? "fewer" : "more"} than the budget, and a neighbour may come closer.`,
  );
}

/** 12: the mean of some runs' test scores less the best of them, in nats per step. */
export function bestSeedGain(answer: number, runs: readonly RunRecord[]): void {
  const scores = runs.map(({ results }) => results.test.nllPerStep);
  const gain = scores.reduce((a, b) => a + b, 0) / scores.length - Math.min(...scores);
  check(
    isClose(answer, gain, 0.005),
    isClose(answer, -gain, 0.005)
      ? "The size is right. A gain is positive here."
      : `There are ${scores.length} seeds. What would the table say of them, and what would somebody like it to say?`,
  );
}
