import {
  type Comparison,
  type ComparisonOptions,
  compareUnits,
  type Estimate,
} from "../statistics/comparison.js";
import { holm } from "../statistics/holm.js";
import { pooledClaim } from "../statistics/pooled.js";
import { type NllMean, unitRuns } from "../statistics/runs.js";
import { isComparable, type Search, searches } from "../sweep/searches.js";
import { type ProtocolName, protocolNames, type RunRecord } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { paperNll, paperTable } from "./paper-table.js";
import { meanOf } from "./scores.js";
import type { Table } from "./table.js";
import { protocolTitles } from "./table-2.js";

/** Two units by name, the one first that a claim is for. */
type Pair = readonly [string, string];

/** The pairs that the paper's claims are about. */
const paperPairs: readonly Pair[] = [
  ["gru", "tanh"],
  ["lstm", "tanh"],
  ["gru", "lstm"],
];
const musicSets = paperTable.filter(({ kind }) => kind === "music");

/** One pair of units on one set by one protocol; its comparison by either mean, where the records keep their pieces. */
export interface PairOfUnits {
  readonly data: string;
  readonly protocol: ProtocolName;
  readonly a: string;
  readonly b: string;
  /** Test NLL of each seed, by either mean. */
  readonly scores: Readonly<Record<NllMean, { readonly a: number[]; readonly b: number[] }>>;
  readonly comparison?: Readonly<Record<NllMean, Comparison>>;
}

/** Which units are compared, and how. */
export interface PairOptions extends ComparisonOptions {
  /** Names of cells, two by two (default: the paper's). */
  readonly pairs?: readonly (readonly [string, string])[];
}

/** All pairs of units on music whose two searches have come to several seeds. */
export function musicPairs(
  records: readonly RunRecord[],
  { pairs = paperPairs, ...options }: PairOptions = {},
): PairOfUnits[] {
  const found = searches(records).filter(isComparable);
  const of = (data: string, protocol: ProtocolName, cell: string) =>
    found.find((s) => s.data === data && s.protocol === protocol && s.cell === cell);
  return protocolNames.flatMap((protocol) =>
    pairs.flatMap(([a, b]) =>
      musicSets.flatMap(({ data }) => {
        const [ofA, ofB] = [of(data, protocol, a), of(data, protocol, b)];
        if (!ofA || !ofB) return [];
        const scores = { step: scoresOf(ofA, ofB, "step"), piece: scoresOf(ofA, ofB, "piece") };
        const pair = { data, protocol, a, b, scores };
        if (![ofA, ofB].every(({ chosen }) => chosen.every((run) => run.testPieces))) return [pair];
        const [runsA, runsB] = [unitRuns(ofA.chosen), unitRuns(ofB.chosen)];
        const compared = (mean: NllMean) => compareUnits(runsA, runsB, { ...options, mean });
        return [{ ...pair, comparison: { step: compared("step"), piece: compared("piece") } }];
      }),
    ),
  );
}

function scoresOf(a: Search, b: Search, mean: NllMean) {
  const of = ({ chosen }: Search) =>
    chosen.map(({ results: { test } }) =>
      mean === "step" ? test.nllPerStep : test.nllPerSequence,
    );
  return { a: of(a), b: of(b) };
}

/** Mean over the seeds of a less that of b, in nats: negative where a is better. */
export const differenceOf = ({ scores }: PairOfUnits, mean: NllMean = "step"): number =>
  meanOf(scores[mean].a) - meanOf(scores[mean].b);

/** How differences are shown. */
export interface VerdictOptions {
  readonly mean?: NllMean;
  /** Whether cells have their intervals. Default true. */
  readonly intervals?: boolean;
  /** Runs that are compared by themselves, a row for each below those of the protocols: such as all units at one rate. */
  readonly besides?: readonly {
    readonly title: string;
    readonly records: readonly RunRecord[];
  }[];
}

/**
 * The paper's claims about units on music at one glance: by protocol, pair and set the difference of
 * test NLL in nats (negative: the first unit is better), and over the sets their mean with the exact
 * p-value, each set one piece of evidence. Intervals are over seeds and pieces, where the records
 * keep their pieces. Below each pair the paper's own differences.
 */
export function verdictTable(
  records: readonly RunRecord[],
  { mean = "step", intervals = true, besides = [] }: VerdictOptions = {},
): Table {
  const found = musicPairs(records);
  const groups = [
    ...protocolNames.map((protocol) => ({
      title: protocolTitles[protocol],
      pairs: found.filter((pair) => pair.protocol === protocol),
    })),
    ...besides.map(({ title, records }) => ({ title, pairs: musicPairs(records) })),
  ];
  const rows = paperPairs.flatMap(([a, b]) => {
    const name = `${cellTitle(a)} − ${cellTitle(b)}`;
    const paper = musicSets.map(
      ({ data }) => (paperNll(data, a)?.test ?? 0) - (paperNll(data, b)?.test ?? 0),
    );
    return [
      ...groups.map(({ title, pairs }, k) => {
        const row = pairs.filter((p) => p.a === a && p.b === b);
        const cells = musicSets.map(({ data }) => {
          const pair = row.find((p) => p.data === data);
          return pair ? cellOf(pair, mean, intervals) : "not yet";
        });
        return [k === 0 ? name : "", title, ...cells, pooled(row, mean)];
      }),
      ["", "the paper's", ...paper.map(signed), signed(meanOf(paper))],
    ];
  });
  return {
    caption: `Music: differences of test NLL in nats per ${mean}; negative, the first unit is better`,
    columns: [
      { title: "units", align: "left" },
      { title: "protocol", align: "left" },
      ...musicSets.map(({ title }) => ({ title, align: "right" as const })),
      { title: "mean over sets", align: "right" },
    ],
    rows,
    notes: [
      ...(intervals ? ["[…]: 95 % interval, bootstrap over seeds and test pieces."] : []),
      "p: exact, each data set one piece of evidence.",
      ...lackingSets(found),
      "*: better by more than 0.05 nats, the smallest difference of interest; =: equal within it; by their 95 % intervals, where records keep their test pieces.",
    ],
  };
}

/** Which sets have not been searched by a protocol with all three units. */
function lackingSets(found: readonly PairOfUnits[]): string[] {
  return protocolNames.flatMap((protocol) => {
    const without = musicSets.filter(
      ({ data }) => found.filter((p) => p.data === data && p.protocol === protocol).length < 3,
    );
    if (without.length === 0) return [];
    const by = protocol === "ours" ? "our protocol" : "the authors' protocol";
    return [
      `Not yet searched by ${by}, or not with all units: ${without.map(({ title }) => title).join(", ")}.`,
    ];
  });
}

function cellOf(pair: PairOfUnits, mean: NllMean, intervals: boolean): string {
  const value = signed(differenceOf(pair, mean));
  const comparison = pair.comparison?.[mean];
  if (!comparison) return value;
  const marked = `${value}${mark(comparison.verdict)}`;
  return intervals ? `${marked} ${interval(comparison.difference)}` : marked;
}

function mark(verdict: Comparison["verdict"]): string {
  if (verdict === "equivalent") return " =";
  return verdict.endsWith("clearly better") ? " *" : "";
}

function pooled(row: readonly PairOfUnits[], mean: NllMean): string {
  if (row.length === 0) return "–";
  const claim = pooledClaim(row.map(({ data, scores }) => ({ data, ...scores[mean] })));
  const { dataSets, pValue } = claim;
  return `${signed(claim.mean)} (${dataSets === 1 ? "1 set" : `${dataSets} sets, p = ${pValue}`})`;
}

/**
 * Every pair in full: difference with its interval by either mean, the probability that a run of the
 * first unit beats a run of the second, and the p-value, corrected over the whole table by Holm.
 */
export function comparisonTable(records: readonly RunRecord[], options: PairOptions = {}): Table {
  const found = musicPairs(records, options).flatMap(({ comparison, ...pair }) =>
    comparison ? [{ ...pair, comparison }] : [],
  );
  const corrected = holm(found.map(({ comparison }) => comparison.step.pValue));
  const title = (of: string) => musicSets.find(({ data }) => data === of)?.title ?? of;
  return {
    caption: "Units compared, pair by pair: test NLL in nats, negative where the first is better",
    columns: [
      { title: "units", align: "left" },
      { title: "data", align: "left" },
      { title: "protocol", align: "left" },
      { title: "seeds", align: "right" },
      { title: "per step", align: "right" },
      { title: "per piece", align: "right" },
      { title: "first\nbeats second", align: "right" },
      { title: "p (Holm)", align: "right" },
      { title: "per step, it is", align: "left" },
    ],
    rows: found.map(({ data, protocol, a, b, scores, comparison: { step, piece } }, k) => [
      `${cellTitle(a)} − ${cellTitle(b)}`,
      title(data),
      protocolTitles[protocol],
      `${scores.step.a.length}, ${scores.step.b.length}`,
      `${signed(step.difference.value)} ${interval(step.difference)}`,
      `${signed(piece.difference.value)} ${interval(piece.difference)}`,
      `${percent(step.probability.value)} [${percent(step.probability.low)}, ${percent(step.probability.high)}]`,
      corrected[k] < 0.001 ? "< 0.001" : corrected[k].toFixed(3),
      step.verdict.replace(/\ba\b/, cellTitle(a)).replace(/\bb\b/, cellTitle(b)),
    ]),
    notes: [
      "[…]: 95 % intervals, bootstrap over seeds and test pieces; three seeds say little about those that were not run.",
      "clearly: by more than 0.05 nats, set beforehand; equivalent: the interval lies within ± 0.05.",
      `Holm: corrected over the ${found.length} ${found.length === 1 ? "row" : "rows"} of this table.`,
    ],
  };
}

const signed = (value: number) =>
  value
    .toFixed(2)
    .replace(/^-0\.00$/, "0.00")
    .replace("-", "−")
    .replace(/^(?=\d)/, "+")
    .replace("+0.00", "0.00");
const interval = ({ low, high }: Estimate) => `[${signed(low)}, ${signed(high)}]`;
const percent = (share: number) => `${Math.round(100 * share)} %`;
