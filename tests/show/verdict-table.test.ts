import { describe, expect, it } from "vitest";
import {
  comparisonTable,
  differenceOf,
  musicPairs,
  verdictTable,
} from "../../lib/show/verdict-table.js";
import { madeSearch } from "./made-search.js";

const units = (
  options: Parameters<typeof madeSearch>[1],
  tanh: number,
  gru: number,
  lstm: number,
) => [
  ...madeSearch("tanh", { ...options, test: tanh }),
  ...madeSearch("gru", { ...options, test: gru }),
  ...madeSearch("lstm", { ...options, test: lstm }),
];

describe("the verdicts on music", () => {
  const records = [
    ...units({ data: "jsb", pieces: true }, 8.5, 8.4, 8.6),
    ...units({ data: "musedata" }, 7, 7.2, 7.4),
    ...units({ data: "jsb", protocol: "authors", pieces: true }, 9, 8.5, 8.51),
  ];

  it("are differences by protocol, pair and set, each set one piece of evidence", () => {
    const { rows } = verdictTable(records, { intervals: false });
    expect(rows[0]).toEqual(
      // equal seeds' offsets: the intervals have no width, and 0.1 is more than matters
      ["GRU − tanh", "ours", "not yet", "−0.10 *", "+0.20", "not yet", "+0.05 (2 sets, p = 1)"],
    );
    expect(rows[1].slice(1)).toEqual([
      "authors'",
      "not yet",
      "−0.50 *",
      "not yet",
      "not yet",
      "−0.50 (1 set)",
    ]);
    expect(rows[2].slice(1)).toEqual(["the paper's", "+0.10", "−0.56", "−0.24", "−0.21", "−0.23"]);
    expect(rows[7][3]).toBe("−0.01 ="); // GRU − LSTM by the authors' protocol
    expect(rows[4]).toEqual([
      "",
      "authors'",
      "not yet",
      "−0.49 *",
      "not yet",
      "not yet",
      "−0.49 (1 set)",
    ]);
  });

  it("take either mean", () => {
    const [pair] = musicPairs(records);
    expect([pair.data, pair.a, pair.b]).toEqual(["jsb", "gru", "tanh"]);
    expect(differenceOf(pair)).toBeCloseTo(-0.1, 12);
    const shifted = records.map((r) =>
      r.configuration.cell === "gru"
        ? { ...r, results: { ...r.results, test: { ...r.results.test, nllPerSequence: 5 } } }
        : r,
    );
    expect(differenceOf(musicPairs(shifted)[0], "piece")).toBeCloseTo(5 - 8.002, 12);
    expect(verdictTable(records, { mean: "piece" }).caption).toContain("per piece");
  });

  it("have rows for runs that are compared by themselves", () => {
    const besides = [
      {
        title: "at one rate",
        records: units({ data: "jsb", protocol: "authors" }, 9.4, 8.6, 8.7),
      },
    ];
    const { rows } = verdictTable(records, { intervals: false, besides });
    expect(rows.map(([, protocol]) => protocol).slice(0, 4)).toEqual([
      ...["ours", "authors'", "at one rate", "the paper's"],
    ]);
    expect(rows[2].slice(3, 4)).toEqual(["−0.80"]);
    expect(rows[1][3]).toBe("−0.50 *"); // the others stay by themselves
  });

  it("leave out a search that has one seed so far", () => {
    const begun = [...madeSearch("gru"), ...madeSearch("tanh", { seeds: 1 })];
    expect(musicPairs(begun)).toEqual([]);
    expect(verdictTable(begun).rows[0].slice(2)).toEqual([...Array(4).fill("not yet"), "–"]);
  });

  it("have intervals where records keep their pieces, and p-values corrected over the table", () => {
    expect(verdictTable(records).rows[0][3]).toBe("−0.10 * [−0.10, −0.10]");
    const { rows, notes } = comparisonTable(records);
    expect(rows.map(([pair, data, by]) => `${pair} ${data} ${by}`)).toEqual([
      "GRU − tanh JSB Chorales ours",
      "LSTM − tanh JSB Chorales ours",
      "GRU − LSTM JSB Chorales ours",
      "GRU − tanh JSB Chorales authors'",
      "LSTM − tanh JSB Chorales authors'",
      "GRU − LSTM JSB Chorales authors'",
    ]);
    // six tests of the least p-value that 2,000 samples can give, 2 / 2001
    expect(rows[0].slice(6)).toEqual(["100 % [100 %, 100 %]", "0.006", "GRU clearly better"]);
    expect(rows[1][8]).toBe("tanh clearly better");
    expect(notes.at(-1)).toContain("6 rows");
  });

  it("are of other units, where pairs are named", () => {
    const open = madeSearch("lstm-forget-1", { data: "jsb", pieces: true, test: 8.3 });
    const pairs = [
      ["lstm-forget-1", "lstm"],
      ["mgu", "lstm"], // was not run
    ] as const;
    const { rows, notes } = comparisonTable([...records, ...open], { pairs });
    expect(rows.map(([pair, data, by]) => `${pair} ${data} ${by}`)).toEqual([
      "LSTM, b_f = 1 − LSTM JSB Chorales ours",
    ]);
    expect(rows[0][4]).toBe("−0.30 [−0.30, −0.30]");
    expect(rows[0][8]).toBe("LSTM, b_f = 1 clearly better");
    expect(notes.at(-1)).toContain("1 row ");
  });
});
