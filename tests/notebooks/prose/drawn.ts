import { notebookFile, readNotebook } from "../../../notebooks/tools/notebooks.mts";
import { chartsOf, displays, shown } from "../outputs.js";
import { type Claim, nats } from "./known.js";

type Row = Readonly<Record<string, number | string>>;

/** The data of a committed notebook's charts whose title begins so; of the first such chart. */
function rows(name: string, title: string): readonly Row[] {
  const specs = chartsOf(readNotebook(notebookFile(name))).map(
    ({ data }) =>
      data["application/vnd.vegalite.v5+json"] as {
        readonly title: { readonly text: string };
        readonly data: { readonly values: readonly Row[] };
      },
  );
  return specs.find((spec) => spec.title.text.startsWith(title))?.data.values ?? [];
}

/** Numbers of a table's row, in order; the table is one that a committed notebook shows. */
function numbers(name: string, row: string): number[] {
  const texts = displays(readNotebook(notebookFile(name))).map(({ data }) =>
    shown(data["text/plain"]),
  );
  const line = texts.flatMap((text) => text.split("\n")).find((l) => l.startsWith(row)) ?? "";
  return (line.slice(row.length).match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
}

/** The share of a gradient that is left k steps back. */
function share(title: string, unit: string, when: string, lag: number): number {
  const found = rows("08-why-it-works", title).find(
    (row) => row.unit === unit && row.when === when && row.lag === lag,
  );
  return Number(found?.share);
}
const left = (unit: string, when: string, lag: number) =>
  share("How far back", unit, `${when} training`, lag);

/** Notebook 01: the training score at the end of the run. */
const trained = (unit: string) =>
  Number(
    rows("01-start", "Learning curves")
      .filter((row) => row.unit === unit && row.split === "training")
      .at(-1)?.nll,
  );

/** Sentences about what the notebooks' own trainings show in charts and tables: judged by the run that is kept. */
export const drawnClaims: readonly Claim[] = [
  {
    where: "01-start",
    sentence: "**The GRU**, by far, at the end of the run.",
    holds: () => trained("GRU") < Math.min(trained("tanh"), trained("LSTM")) - 0.5,
  },
  {
    where: "01-start",
    sentence:
      "its training score falls the slowest of the three, and it is still improving when the run stops.",
    holds: () =>
      trained("LSTM") > Math.max(trained("tanh"), trained("GRU")) &&
      numbers("01-start", "LSTM, 36 units").includes(100),
  },
  {
    where: "01-start",
    sentence: "All three units beat the Markov model by well over a nat per step.",
    holds: () => {
      const [, markov] = numbers("01-start", "Markov per key");
      const units = ["tanh, 100 units", "GRU, 46 units", "LSTM, 36 units"];
      return units.every((unit) => numbers("01-start", unit)[1] < markov - 1.3);
    },
  },
  {
    where: "08-why-it-works",
    sentence:
      "half of the state is kept at each step, and with what comes through the candidate about seven tenths of the gradient.",
    holds: () =>
      ["GRU", "LSTM"].every((unit) => {
        const step = left(unit, "before", 20) ** (1 / 20);
        return step > 0.65 && step < 0.75;
      }),
  },
  {
    where: "08-why-it-works",
    sentence: "its second ten steps cost it a factor of four, where they cost tanh ninety.",
    holds: () => {
      const cost = (unit: string) => left(unit, "after", 10) / left(unit, "after", 20);
      return Math.round(cost("LSTM")) === 4 && Math.round(cost("tanh") / 10) === 9;
    },
  },
  {
    where: "08-why-it-works",
    sentence: "so its curve falls even more steeply than that of tanh.",
    holds: () => left("GRU", "after", 20) < left("tanh", "after", 20) / 2,
  },
  {
    where: "08-why-it-works",
    sentence: "after twenty steps seven tenths of the gradient arrive",
    holds: () => Math.round(10 * share("A fresh GRU", "GRU", "bias -4", 20)) === 7,
  },
  {
    where: "10-your-own-cell",
    sentence: "**A little worse** than the GRU, and as good as tanh.",
    holds: () => {
      const [, mgu] = numbers("10-your-own-cell", "MGU, 65 units");
      const [, gru] = numbers("10-your-own-cell", "GRU, 46 units");
      const [, tanh] = numbers("10-your-own-cell", "tanh, 100 units");
      return mgu > gru + 0.05 && mgu < gru + 0.25 && Math.abs(mgu - tanh) < 0.05;
    },
  },
  {
    where: "12-five-ways",
    sentence: () => {
      const gains = numbers("12-five-ways", "padding");
      return `It takes off ${Math.min(...gains).toFixed(1)} to ${Math.max(...gains).toFixed(1)} nats, and most on MuseData`;
    },
    holds: () => {
      const gains = numbers("12-five-ways", "padding");
      return gains.indexOf(Math.max(...gains)) === 2;
    },
  },
  {
    where: "12-five-ways",
    sentence: () =>
      `The *mean* comes second, with ${nats(numbers("12-five-ways", "mean")[2])} nats on MuseData`,
  },
  {
    where: "12-five-ways",
    sentence: "The first step brings a tenth where pieces are short, as on JSB.",
    holds: () => Math.round(10 * numbers("12-five-ways", "first step")[1]) === 1,
  },
  {
    where: "12-five-ways",
    sentence: "Choosing by the test score and by the seed bring hundredths *here*",
    holds: () => ["rate", "seed"].every((way) => Math.max(...numbers("12-five-ways", way)) < 0.05),
  },
];
