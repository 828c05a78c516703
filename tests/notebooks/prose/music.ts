import { outputEffects } from "../../../lib/show/outputs-table.js";
import { paperNll } from "../../../lib/show/paper-table.js";
import { isStillLearning } from "../../../lib/sweep/chosen.js";
import { average, type Claim, type Known, nats, range, sets, units, validation } from "./known.js";

const pieces = 694; // Nottingham's training set

const long = ({ records }: Known, data: string, cell: string) =>
  records.long.filter(({ configuration: c }) => c.data === data && c.cell === cell);

const mean = (known: Known, data: string, cell: string) => known.nll(data, cell);

/** From which epoch on a unit stays ahead of another, from 1. */
function aheadFrom(known: Known, data: string, cell: string, other: string): number {
  const [a, b] = [known.curve(data, cell), known.curve(data, other)];
  const epochs = Math.min(a.length, b.length);
  let from = epochs;
  while (from > 0 && a[from - 1] < b[from - 1]) from -= 1;
  return from + 1;
}

/** Whether a unit, from one of its epochs on, is ahead of what another has reached by the same second. */
function leadsByTheClock(known: Known, data: string, cell: string, other: string, from: number) {
  const seconds = (of: string) => known.curve(data, of, (p) => p.cpuSeconds!);
  const [now, then] = [known.curve(data, cell), known.curve(data, other)];
  return seconds(cell).every((second, e) => {
    const reached = seconds(other).filter((s) => s <= second).length;
    return e + 1 < from || reached === 0 || now[e] < then[reached - 1];
  });
}

/** How far apart the test scores of a unit's seeds are on a set. */
function seedsApart(known: Known, data: string, cell: string): number {
  const tests = known.runs(data, cell).map(({ results }) => results.test.nllPerStep);
  return Math.max(...tests) - Math.min(...tests);
}

/** Notebooks 01 and 12. */
const seeds: Claim[] = [
  {
    where: "01-start",
    sentence: (known) =>
      `Another seed moves a result by up to ${nats(Math.max(...units.map((cell) => seedsApart(known, "jsb", cell))))}, another learning rate by far more.`,
    holds: (known) => {
      const tests = known.records.music
        .filter(({ configuration: c }) => c.data === "jsb" && c.cell === "lstm" && c.seed === 1)
        .map(({ results }) => results.test.nllPerStep);
      return Math.max(...tests) - Math.min(...tests) > 1;
    },
  },
  {
    where: "12-five-ways",
    sentence: (known) => {
      const gain = (data: string) =>
        mean(known, data, "lstm") -
        Math.min(...known.runs(data, "lstm").map(({ results }) => results.test.nllPerStep));
      return `for the LSTM, whose seeds differ by tenths on three of the sets, the best seed alone brings up to ${nats(Math.max(...sets.map(gain)))}.`;
    },
    holds: (known) => sets.filter((data) => seedsApart(known, data, "lstm") > 0.2).length === 3,
  },
];

const figure2: Claim[] = [
  {
    where: "04-figure-2",
    sentence: ({ records: { music } }) =>
      `The runs behind the curves, ${music.length} of them on four sets, lie as records`,
  },
  {
    where: "04-figure-2",
    sentence: ({ records: { music } }) => {
      const seconds = music.reduce((sum, { curve }) => sum + curve.at(-1)!.cpuSeconds!, 0);
      return `They took ${(seconds / 3600).toFixed(1)} hours of processor time`;
    },
  },
  {
    where: "04-figure-2",
    sentence:
      "**The GRU** on Nottingham, from the first epoch to the ninetieth, where tanh draws level.",
    holds: (known) => {
      const [gru, tanh] = [known.curve("nottingham", "gru"), known.curve("nottingham", "tanh")];
      const behind = gru.findIndex((nll, e) => nll >= tanh[e]) + 1;
      return behind >= 86 && behind <= 94;
    },
  },
  {
    where: "04-figure-2",
    sentence:
      "On MuseData it starts last and takes the lead at the thirteenth epoch, for good. The clock says the same.",
    holds: (known) =>
      known.order("musedata", 1).endsWith("gru") &&
      Math.max(...["tanh", "lstm"].map((other) => aheadFrom(known, "musedata", "gru", other))) ===
        13 &&
      ["tanh", "lstm"].every((other) => leadsByTheClock(known, "musedata", "gru", other, 13)),
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const at = (data: string) => {
        const end = known.curve(data, "lstm").at(-1)!;
        return known.curve(data, "gru").findIndex((nll) => nll < end) + 1;
      };
      return `Here the *LSTM is the slowest* of the three from there on: at the end it is where the GRU was at epoch ${at("nottingham")} on Nottingham, and at epoch ${at("musedata")} on MuseData.`;
    },
    holds: (known) =>
      ["nottingham", "musedata"].every((data) => {
        const lstm = known.curve(data, "lstm");
        const others = ["tanh", "gru"].map((cell) => known.curve(data, cell));
        return others.every((other) => other.every((nll, e) => e < 12 || nll < lstm[e]));
      }),
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const training = known.curve("nottingham", "gru", (p) => p.trainingNllPerStep);
      const valid = known.curve("nottingham", "gru");
      const fall = (curve: number[]) => nats(curve[99] - curve.at(-1)!);
      return `From epoch 100 on Nottingham its dashed line falls by ${fall(training)} nats and the solid one by ${fall(valid)}.`;
    },
  },
  {
    where: "04-figure-2",
    sentence: "Of ours all are the LSTM on MuseData, or runs on Nottingham.",
    holds: (known) =>
      sets
        .flatMap((data) => units.flatMap((cell) => known.runs(data, cell)))
        .filter(isStillLearning)
        .every(
          ({ configuration: c }) =>
            c.data === "nottingham" || (c.data === "musedata" && c.cell === "lstm"),
        ),
  },
  {
    where: "04-figure-2",
    sentence:
      "So four runs were made with 800 epochs, one seed each, and this is all that came of them:",
    holds: ({ records }) =>
      records.long.length === 4 &&
      records.long.every(({ configuration: c }) => c.epochs === 800 && c.seed === 1),
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const of = (data: string, cell: string) =>
        `from ${nats(validOf(known.runs(data, cell)[0]))} to ${nats(validOf(long(known, data, cell)[0]))}`;
      return `800 epochs take its validation score ${of("musedata", "lstm")}, close to the GRU's ${nats(validOf(known.runs("musedata", "gru")[0]))}. **On Nottingham they bring nothing**: the LSTM goes ${of("nottingham", "lstm")}.`;
    },
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const failed = long(known, "nottingham", "gru").find(({ status }) => status === "failed")!;
      const other = long(known, "nottingham", "gru").find(({ status }) => status === "finished")!;
      const then = known.runs("nottingham", "gru")[0];
      const share = other.configuration.learningRate / then.configuration.learningRate;
      const part = Math.abs(share - 0.25) < 0.02 ? "a quarter" : `${share.toFixed(2)}`;
      return `The GRU fails there at its chosen rate, when its gradient overflows in epoch ${failed.curve.length + 1}, and at ${part} of that rate ends at ${nats(validOf(other))} where it had ${nats(validOf(then))}.`;
    },
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const seeds = known.runs("nottingham", "lstm").map(validOf);
      return `on Nottingham the LSTM's seeds lie ${nats(Math.max(...seeds) - Math.min(...seeds))} nats apart`;
    },
  },
  {
    where: "04-figure-2",
    sentence:
      "forty epochs are a fifty-eighth of the updates that the runs above had, and the order of the units need not be theirs.",
    holds: (known) => {
      const { epochs, batchSize } = known.runs("nottingham", "gru")[0].configuration;
      const updates = Math.ceil(pieces / batchSize) * epochs;
      return Math.round(updates / ((60 / batchSize) * 40)) === 58;
    },
  },
  {
    where: "04-figure-2",
    sentence: "One of them takes three times as long, and the other never gets there.",
    holds: (known) => {
      const first = (cell: string) =>
        known.runs("nottingham", cell)[0].curve.find((p) => validation(p) < 3.7)?.epoch;
      return Math.round(first("tanh")! / first("gru")!) === 3 && first("lstm") === undefined;
    },
  },
];

/** Training NLL of the GRU on JSB by the authors' protocol: in the last epoch, and at the best. */
function learntByHeart(known: Known) {
  const runs = known.byAuthors("jsb", "gru");
  const last = average(runs.map(({ curve }) => curve.at(-1)!.trainingNllPerStep));
  const best = average(runs.map(({ results }) => results.train.nllPerStep));
  const test = average(runs.map(({ results }) => results.test.nllPerStep));
  const rise = average(
    runs.map(
      ({ curve }) => validation(curve.at(-1)!) - Math.min(...curve.map((p) => validation(p))),
    ),
  );
  return { last, best, test, rise };
}

const bothProtocols: Claim[] = [
  {
    where: "06-table-2",
    sentence:
      "on Nottingham and Piano-midi.de the last epoch's training scores are as far from the paper's as the best one's, give or take 0.1 nats, or farther.",
    holds: (known) =>
      ["nottingham", "piano-midi"].every((data) =>
        units.every((cell) => {
          const runs = known.byAuthors(data, cell);
          const paper = paperNll(data, cell)!.train;
          const last = average(runs.map(({ curve }) => curve.at(-1)!.trainingNllPerStep));
          const best = average(runs.map(({ results }) => results.train.nllPerStep));
          return Math.abs(last - paper) > Math.abs(best - paper) - 0.1;
        }),
      ),
  },
  {
    where: "04-figure-2",
    sentence: (known) => {
      const { last, best, rise } = learntByHeart(known);
      return `On the JSB Chorales the GRU's dashed line ends on the paper's: ${nats(last)} nats in the last epoch, where the paper's table has 6.94. At the best validation epoch, the dot, training pieces cost ${nats(best)}. After it the solid line rises by ${nats(rise)} nats`;
    },
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const { last, best, test } = learntByHeart(known);
      return `On the JSB Chorales their GRU stands at ${nats(best)} when validation is best, ${nats(best - 6.94)} above the paper's 6.94, and at ${nats(last)} in the last epoch. Its test score at the best epoch is ${nats(test)}, the paper's 8.54.`;
    },
    holds: (known) => Math.abs(learntByHeart(known).last - 6.94) < 0.05,
  },
  {
    where: "06-table-2",
    sentence:
      "On MuseData and on Piano-midi.de the mean per piece is nearer to the paper for every unit, and the two lie on opposite sides: on MuseData the mean per piece is the lower of ours, and we are above the paper, on Piano-midi.de it is the higher one, and we are below.",
    holds: (known) =>
      units.every((cell) => {
        const of = (data: string, by: "step" | "piece") =>
          known.nll(data, cell, { mean: by }) - paper[data][cell];
        return (
          of("musedata", "piece") > 0 &&
          of("musedata", "piece") < of("musedata", "step") &&
          of("piano-midi", "piece") < 0 &&
          of("piano-midi", "piece") > of("piano-midi", "step")
        );
      }),
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const above = (by: "step" | "piece") =>
        range(
          units.map(
            (cell) =>
              known.nll("piano-midi", cell, { mean: by, split: "train" }) - paperTrain[cell],
          ),
        );
      return `the paper's training scores are far *below* ours, by ${above("step")} nats per step and by ${above("piece")} per piece.`;
    },
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `no kind of mean makes 4.93 of ${nats(known.nll("piano-midi", "gru", { split: "train" }))}.`,
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const [step, piece] = (["step", "piece"] as const).map((mean) =>
        nats(known.nll("musedata", "gru", { mean, split: "train" })),
      );
      return `On MuseData the mean per piece moves these towards the paper, too (the GRU's from ${step} to ${piece}; the paper's is 5.06).`;
    },
  },
  {
    where: "06-table-2",
    sentence: ({ records: { music, speech } }) =>
      `${music.length} runs on music by our protocol, ${speech.length} on speech`,
  },
  {
    where: "06-table-2",
    sentence:
      "On every set the joint output brings at least five times what the best unit does over the worst",
    holds: ({ records: { music, nade } }) => {
      const effects = outputEffects([...music, ...nade]);
      return (
        effects.length === sets.length && effects.every(({ output, units: u }) => -output > 5 * u)
      );
    },
  },
  {
    where: "05-figure-3",
    sentence: "None of these runs is by the authors' protocol",
    holds: ({ records: { speech } }) =>
      speech.length > 0 && speech.every(({ configuration: c }) => c.protocol === "ours"),
  },
];

/** The paper's training scores on Piano-midi.de. */
const paperTrain: Record<string, number> = { tanh: 5.64, gru: 4.93, lstm: 6.49 };

const validOf = ({ results }: { results: { valid: { nllPerStep: number } } }) =>
  results.valid.nllPerStep;

const paper: Record<string, Record<string, number>> = {
  nottingham: { tanh: 3.13, gru: 3.23, lstm: 3.2 },
  jsb: { tanh: 9.1, gru: 8.54, lstm: 8.67 },
  musedata: { tanh: 6.23, gru: 5.99, lstm: 6.23 },
  "piano-midi": { tanh: 9.03, gru: 8.82, lstm: 9.03 },
};

const worse = (known: Known, data: string) =>
  units.map((cell) => mean(known, data, cell) - paper[data][cell]);

const table2: Claim[] = [
  {
    where: "06-table-2",
    sentence:
      "By our protocol, and per step, **one**: the JSB Chorales, and there for the gated units alone.",
    holds: (known) =>
      sets.every((data) =>
        units.every(
          (cell) =>
            Math.abs(mean(known, data, cell) - paper[data][cell]) < 0.1 ===
            (data === "jsb" && cell !== "tanh"),
        ),
      ),
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const better = worse(known, "piano-midi").map((d) => -d);
      return `Piano-midi.de comes out better by ${nats(better[2])} (LSTM) to ${nats(better[0])} nats (tanh), MuseData worse by ${range(worse(known, "musedata"))}, Nottingham worse by ${range(worse(known, "nottingham"))}.`;
    },
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `GRU ${nats(mean(known, "jsb", "gru"))} (paper 8.54), LSTM ${nats(mean(known, "jsb", "lstm"))} (8.67). Only our tanh unit does much better: ${nats(mean(known, "jsb", "tanh"))} where the paper has 9.10.`,
  },
  {
    where: "06-table-2",
    sentence: "With a small enough learning rate and 200 epochs it sits between the two.",
    holds: (known) =>
      mean(known, "jsb", "gru") < mean(known, "jsb", "tanh") &&
      mean(known, "jsb", "tanh") < mean(known, "jsb", "lstm"),
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const of = (by: "step" | "piece") =>
        range(units.map((cell) => known.nll("piano-midi", cell, { mean: by })));
      return `The paper has 8.82 to 9.03, we have ${of("step")} per step, and ${of("piece")} per piece.`;
    },
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `**MuseData: a nat worse.** ${nats(mean(known, "musedata", "gru"))} against 5.99 for the GRU.`,
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `where a short piece counts as much as a long one: ${nats(known.nll("musedata", "gru", { mean: "piece" }))}.`,
  },
  {
    where: "06-table-2",
    sentence: "If the paper's mean is per piece, two thirds of the distance are gone.",
    holds: (known) => {
      const away = (by: "step" | "piece") => known.nll("musedata", "gru", { mean: by }) - 5.99;
      const gone = 1 - away("piece") / away("step");
      return gone > 0.6 && gone < 0.72;
    },
  },
  {
    where: "06-table-2",
    sentence: (known) => {
      const apart =
        known.nll("piano-midi", "gru", { mean: "piece" }) - mean(known, "piano-midi", "gru");
      return `On Piano-midi.de the mean per piece is the *higher* one, by ${nats(apart)}, and so nearer to the paper's again`;
    },
    holds: (known) => mean(known, "piano-midi", "gru") < 8.82,
  },
  {
    where: "06-table-2",
    sentence: "on JSB and Nottingham the two means differ by less than 0.05.",
    holds: (known) =>
      ["jsb", "nottingham"].every((data) =>
        units.every(
          (cell) =>
            Math.abs(known.nll(data, cell, { mean: "piece" }) - mean(known, data, cell)) < 0.05,
        ),
      ),
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `GRU ${nats(mean(known, "nottingham", "gru"))} against 3.23. Longer training does not help: with 800 epochs, at a smaller rate, the GRU ends at ${nats(long(known, "nottingham", "gru").find(({ status }) => status === "finished")!.results.test.nllPerStep)}.`,
  },
  {
    where: "06-table-2",
    sentence:
      "**The LSTM** is our weakest unit on every music set, and its spread over the seeds is the widest.",
    holds: (known) => {
      const spread = (data: string, cell: string) => seedsApart(known, data, cell);
      return sets.every((data) =>
        ["tanh", "gru"].every(
          (cell) =>
            mean(known, data, cell) < mean(known, data, "lstm") &&
            spread(data, cell) < spread(data, "lstm"),
        ),
      );
    },
  },
  {
    where: "06-table-2",
    sentence: "On MuseData its best rate is the highest of the ten that were tried.",
    holds: (known) => {
      const rates = known.records.music
        .filter(({ configuration: c }) => c.data === "musedata" && c.cell === "lstm")
        .map(({ configuration: c }) => c.learningRate);
      const [{ configuration }] = known.runs("musedata", "lstm");
      return new Set(rates).size === 10 && configuration.learningRate === Math.max(...rates);
    },
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `within 0.05 nats of the large one of Bai et al. (2018) on JSB: ${nats(mean(known, "jsb", "gru"))} and 8.43.`,
    holds: (known) => Math.abs(mean(known, "jsb", "gru") - 8.43) < 0.055,
  },
  {
    where: "06-table-2",
    sentence: (known) =>
      `By our protocol the GRU's test score on Piano-midi.de is ${withDeviation(known, "gru")} (three seeds), tanh's is ${withDeviation(known, "tanh")}.`,
  },
];

function withDeviation(known: Known, cell: string): string {
  const tests = known.runs("piano-midi", cell).map(({ results }) => results.test.nllPerStep);
  const squares = tests.reduce((sum, t) => sum + (t - average(tests)) ** 2, 0);
  return `${nats(average(tests))} ± ${nats(Math.sqrt(squares / (tests.length - 1)))}`;
}

export const musicClaims: readonly Claim[] = [...seeds, ...figure2, ...table2, ...bothProtocols];
