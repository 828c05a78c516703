import { describe, expect, it } from "vitest";
import { paperTable } from "../../lib/show/paper-table.js";
import { resultsTable } from "../../lib/show/results-table.js";
import { tableHtml, tableMarkdown, tableText } from "../../lib/show/table.js";
import { madeUpRecord } from "./records.js";

const markov = {
  title: "Markov per key",
  train: { nllPerStep: 9.25, nllPerSequence: 9.31 },
  test: { nllPerStep: 9.28, nllPerSequence: 9.34 },
};

describe("the table of results", () => {
  it("puts ours beside the paper's, and the baselines below", () => {
    const { rows } = resultsTable([madeUpRecord("gru", { floor: 8.4 })], [markov]);
    expect(rows).toEqual([
      ["GRU, 46 units", "8.40", "8.70", "6.94", "8.54", "8.45", "8.75", "21 of 30", "21"],
      ["Markov per key", "9.25", "9.28", "", "", "9.31", "9.34", "", ""],
    ]);
  });

  it("gives several seeds as mean and half range", () => {
    const seeds = [1, 3].map((seed) => madeUpRecord("gru", { seed, floor: 8.4 })); // test: 8.4 + 0.2 + 0.1 seed
    const { rows, notes } = resultsTable(seeds);
    expect(rows[0].slice(0, 3)).toEqual(["GRU, 46 units", "8.40 ± 0.00", "8.80 ± 0.10"]);
    expect(notes).toContain("±: half the range over the seeds.");
  });

  it("compares synthetic data with nothing but its own entropy, and says so", () => {
    const { caption, rows, notes } = resultsTable([madeUpRecord("gru", { synthetic: true })], [], {
      entropyPerStep: 5.125,
    });
    expect(caption).toContain("SYNTHETIC");
    expect(rows[0].slice(3, 5)).toEqual(["", ""]);
    expect(rows.at(-1)?.slice(0, 3)).toEqual(["lowest possible", "5.13", "5.13"]);
    expect(notes.join("\n")).toContain("SYNTHETIC data");
  });

  it("says which runs did not finish", () => {
    const stopped = { ...madeUpRecord("lstm", { epochs: 4 }), status: "stopped" as const };
    expect(resultsTable([stopped]).notes).toContain("LSTM, seed 1: stopped after epoch 4.");
  });

  it("says where its numbers come from", () => {
    expect(resultsTable([madeUpRecord("gru")]).notes.at(-1)).toBe(
      "seed 1 · reference engine · commit 1a2b3c4 · data 69dc4c3e",
    );
  });
});

describe("a table", () => {
  const table = {
    caption: "A | caption",
    columns: [
      { title: "model", align: "left" },
      { title: "paper\ntest", align: "right" },
    ],
    rows: [
      ["GRU <46>", "8.54"],
      ["a|b", "10"],
    ],
    notes: ["seed 1"],
  } as const;

  it("is aligned on a terminal", () => {
    expect(tableText(table).split("\n")).toEqual([
      "A | caption",
      "",
      "          paper",
      "model      test",
      "────────  ─────",
      "GRU <46>   8.54",
      "a|b          10",
      "",
      "seed 1",
    ]);
  });

  it("escapes what Markdown would read as its own", () => {
    expect(tableMarkdown(table).split("\n")).toEqual([
      "**A \\| caption**",
      "",
      "| model | paper test |",
      "| --- | ---: |",
      "| GRU &lt;46> | 8.54 |",
      "| a\\|b | 10 |",
      "",
      "<small>seed 1</small>",
    ]);
  });

  it("escapes what HTML would read as its own", () => {
    const html = tableHtml(table);
    expect(html).toContain('<td class="left">GRU &lt;46&gt;</td><td class="right">8.54</td>');
    expect(html).toContain('<th class="right">paper<br>test</th>');
    expect(html).not.toContain("<46>");
  });
});

describe("the paper's table 2", () => {
  it("has six sets; gated units beat tanh on every test split but Nottingham's", () => {
    expect(paperTable.map((row) => row.title)).toHaveLength(6);
    const worse = paperTable.filter((row) => Math.min(row.gru.test, row.lstm.test) > row.tanh.test);
    expect(worse.map((row) => row.data)).toEqual(["nottingham"]);
  });
});
