import { text } from "../../../notebooks/tools/format.mts";
import { notebookFile, readNotebook } from "../../../notebooks/tools/notebooks.mts";
import { codeCells } from "../outputs.js";
import type { Claim } from "./known.js";

/** All that a committed notebook's cells printed. */
export function printed(name: string): string {
  const outputs = codeCells(readNotebook(notebookFile(name))).flatMap((cell) => cell.outputs);
  return outputs
    .map((output) => (output.output_type === "stream" ? text(output.text) : ""))
    .join("");
}

/** Percentages at the ends of lines that begin so. */
const percents = (name: string, begin: string) =>
  [...printed(name).matchAll(new RegExp(`^${begin}.*?: (\\d+) %`, "gm"))].map(([, p]) => Number(p));

function heard(who: string): { readonly pauses: number; readonly voiced: number } {
  const line = new RegExp(`^${who}: (\\d+) % pauses, (\\d+) % of the rest voiced`, "m");
  const [, pauses, voiced] = line.exec(printed("09-listen")) ?? [];
  return { pauses: Number(pauses), voiced: Number(voiced) };
}

/** Sentences about trainings that the notebooks carry out themselves: judged by the run that is kept. */
export const printedClaims: readonly Claim[] = [
  {
    where: "09-listen",
    sentence:
      "In a chorale four voices sing nearly all the time. The networks hit exactly four notes in about a quarter of their steps, after one epoch and after eighty.",
    holds: () => {
      const [real] = percents("09-listen", "real chorales");
      const sampled = percents("09-listen", "(?:tanh|GRU|LSTM), \\d+ epochs?");
      return real >= 88 && sampled.length === 9 && sampled.every((p) => p >= 18 && p <= 32);
    },
  },
  {
    where: "09-listen",
    sentence: "Their test scores lie within a quarter of a nat of each other.",
    holds: () => {
      const scores = [...printed("09-listen").matchAll(/, 80 epochs: test NLL ([\d.]+)/g)];
      const values = scores.map(([, nll]) => Number(nll));
      return values.length === 3 && Math.max(...values) - Math.min(...values) < 0.25;
    },
  },
  {
    where: "09-listen",
    sentence:
      "People pause for a seventh of the time, and most of the rest repeats itself, as a voice does.",
    holds: () => {
      const { pauses, voiced } = heard("people");
      return Math.round(100 / pauses) === 7 && voiced > 60;
    },
  },
  {
    where: "09-listen",
    sentence:
      "This GRU, after half a minute of training, hardly ever pauses, and little of what it makes has a pitch",
    holds: () => heard("the GRU").pauses < 5 && heard("the GRU").voiced < 30,
  },
  {
    where: "02-figure-1",
    sentence: "Half of the units have **both gates wide open at every step** but the first",
    holds: () => {
      const [, clocks] =
        /^(\d+) of 36 units have f and i above/m.exec(printed("02-figure-1")) ?? [];
      return Number(clocks) >= 16 && Number(clocks) <= 20;
    },
  },
  {
    where: "02-figure-1",
    sentence: "nearly all of them tell the output layer the same at every step: nothing.",
    holds: () => {
      const text = printed("02-figure-1");
      const [, clocks] = /^(\d+) of 36 units have f and i above/m.exec(text) ?? [];
      const [, silent] = /the state h of (\d+) of them moves by less/.exec(text) ?? [];
      return Number(silent) >= Number(clocks) - 2;
    },
  },
  {
    where: "03-table-1",
    sentence: () => {
      const units = (budget: number) =>
        new RegExp(`^${budget} parameters: tanh (\\d+), GRU (\\d+), LSTM (\\d+)`, "m")
          .exec(printed("03-table-1"))
          ?.slice(1)
          .map(Number) ?? [];
      const [once, twice] = [units(20_000), units(40_000)];
      const times = twice.map((n, k) => n / once[k]).sort((a, b) => a - b);
      return `here it buys ${times[0].toFixed(1)} to ${times.at(-1)?.toFixed(1)} times.`;
    },
  },
  {
    where: "08-why-it-works",
    sentence: "tanh remembers three steps in part and eight not at all.",
    holds: () => {
      const of = (delay: number) => percents("08-why-it-works", `delay ${delay}, tanh`)[0];
      return of(3) > 10 && of(3) < 80 && of(8) > 90;
    },
  },
  {
    where: "08-why-it-works",
    sentence: "The LSTM masters eight, and gives up at sixteen.",
    holds: () => {
      const of = (delay: number) => percents("08-why-it-works", `delay ${delay}, LSTM`)[0];
      return of(8) < 10 && of(16) > 50;
    },
  },
  {
    where: "08-why-it-works",
    sentence: "carries the note over all sixteen steps and pays next to nothing",
    holds: () => percents("08-why-it-works", "delay 16, GRU")[0] < 5,
  },
  {
    where: "10-your-own-cell",
    sentence: "The digits agree as far as single precision carries.",
    holds: () => {
      const norms = [...printed("10-your-own-cell").matchAll(/gradient norm ([\d.]+)/g)];
      const values = norms.map(([, norm]) => Number(norm));
      return values.length >= 2 && Math.max(...values) / Math.min(...values) < 1.00001;
    },
  },
];
