import { describe, expect, it } from "vitest";
import { toSvg } from "../../lib/show/picture.js";
import { tableText } from "../../lib/show/table.js";
import { table2 } from "../../lib/show/table-2.js";
import { table2Picture } from "../../lib/show/table-2-picture.js";
import { madeSearch } from "./made-search.js";

const nll = (nllPerStep: number) => ({ nllPerStep, nllPerSequence: nllPerStep + 0.5 });
const rowsOf = (...args: Parameters<typeof table2>) => table2(...args).rows;

describe("table 2", () => {
  const ours = [
    ...madeSearch("tanh", { test: 9, seeds: 2 }),
    ...madeSearch("gru", { rates: [1e-3, 2e-3], test: 8.5 }),
  ];
  const baselines = {
    jsb: [{ name: "markov", train: nll(1), valid: nll(2), test: nll(3) } as const],
  };

  it("has ours by both means with the spread over the seeds, the paper's beside it, and baselines below", () => {
    const rows = rowsOf(ours, { baselines, data: ["jsb"] });
    expect(rows[1]).toEqual(
      ["", "GRU", "ours", "7.50 ± 0.00", "8.50 ± 0.00", "6.94", "8.54", "7.00", "8.00"].concat(
        "0.0020 ↑",
        "2",
        "3",
      ),
    );
    expect(rows[2].slice(1)).toEqual(
      ["LSTM", "ours", "–", "–", "8.15", "8.67", "", "", "", "", ""], // not run
    );
    expect(rows[3].slice(1, 9)).toEqual([
      "Markov per key",
      "",
      "1.00",
      "3.00",
      "",
      "",
      "1.50",
      "3.50",
    ]);
    expect(rowsOf(ours).at(-1)?.slice(5, 7)).toEqual(["(0.80)", "(1.26)"]); // another unit
  });

  it("has a row for each protocol of a set, and names the sets that one has no runs of", () => {
    const both = [...ours, ...madeSearch("gru", { protocol: "authors", test: 8.2, seeds: 10 })];
    const { rows, notes } = table2(both, { data: ["jsb", "musedata"] });
    expect(rows.map(([data, unit, by]) => [data, unit, by])).toEqual([
      ["JSB Chorales", "tanh", "ours"],
      ["", "tanh", "authors'"],
      ["", "GRU", "ours"],
      ["", "GRU", "authors'"],
      ["", "LSTM", "ours"],
      ["", "LSTM", "authors'"],
      ["MuseData", "tanh", "ours"],
      ["", "GRU", "ours"],
      ["", "LSTM", "ours"],
    ]);
    expect(rows[3][4]).toBe("8.21 ± 0.00");
    expect(notes).toContain("No search yet by the authors' protocol: MuseData.");
    expect(notes).toContain("No search yet by our protocol: MuseData.");
  });

  it("says that a unit diverges where none of its runs ended well", () => {
    const failed = madeSearch("tanh", { seeds: 2 }).map((r) => ({
      ...r,
      status: "failed" as const,
    }));
    expect(tableText(table2(failed))).toMatch(/JSB Chorales +tanh +ours +diverges .* 0 of 2/);
  });
});

describe("the picture of table 2", () => {
  it("has a point for each protocol that has several seeds, a mean per piece, and the paper's", async () => {
    const spec = table2Picture([
      ...madeSearch("gru", { test: 8.5 }),
      ...madeSearch("gru", { protocol: "authors", test: 8.2 }),
      ...madeSearch("lstm", { protocol: "authors", seeds: 1 }), // under way
    ]);
    const { values } = spec.data as { values: Record<string, unknown>[] };
    const about = { data: "JSB Chorales", unit: "GRU" };
    expect(values.filter(({ unit }) => unit === "GRU")).toEqual([
      { ...about, whose: "ours", nll: 8.502, low: 8.501, high: 8.503, piece: 8.002 },
      { ...about, whose: "authors", nll: 8.202, low: 8.201, high: 8.203, piece: 7.702 },
      { ...about, whose: "paper", nll: 8.54 },
    ]);
    expect(values.filter(({ unit }) => unit === "LSTM").map(({ whose }) => whose)).toEqual([
      "paper",
    ]);
    expect(await toSvg(spec)).toContain("test NLL");
  });
});
