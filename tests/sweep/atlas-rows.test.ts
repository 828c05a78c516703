import { describe, expect, it } from "vitest";
import { recallForgotten } from "../../lib/data/recall.js";
import { atlasPicture } from "../../lib/show/atlas-picture.js";
import { atlasTable, memoryTable } from "../../lib/show/atlas-table.js";
import { tableText } from "../../lib/show/table.js";
import { atlasRows, memoryRows } from "../../lib/sweep/atlas-rows.js";
import { addingHalf } from "../../lib/tasks/adding.js";
import type { RunRecord } from "../../lib/train/record.js";
import { madeUpRecord } from "../show/records.js";

interface Made {
  readonly cell: string;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly valid: number;
  readonly test: number;
  readonly hiddenSize?: number;
  readonly data?: string;
}

/** Ten test pieces around a score; the same differences between pieces for all. */
function made({
  cell,
  learningRate = 1e-3,
  seed = 1,
  valid,
  test,
  hiddenSize = 46,
  data = "jsb",
}: Made) {
  const record = madeUpRecord(cell, { seed });
  const nll = (nllPerStep: number) => ({ nllPerStep, nllPerSequence: nllPerStep });
  return {
    ...record,
    configuration: { ...record.configuration, data, learningRate, hiddenSize },
    results: { train: nll(test), valid: nll(valid), test: nll(test) },
    testPieces: {
      steps: new Array<number>(10).fill(100),
      nll: Array.from({ length: 10 }, (_, p) => 100 * (test + (p - 4.5) * 0.2)),
    },
  } satisfies RunRecord;
}

const rowOf = (records: readonly RunRecord[], cell: string) =>
  atlasRows(records).find((row) => row.cell === cell);

describe("the atlas from records", () => {
  const whole = [
    made({ cell: "gru", valid: 8.3, test: 8.4 }),
    made({ cell: "gru", learningRate: 2e-3, valid: 8.0, test: 8.0 }),
  ];

  it("says what a variant loses to its whole unit, with an interval and a verdict", () => {
    const records = [
      ...whole,
      made({ cell: "mgu", valid: 8.5, test: 8.6 }),
      made({ cell: "gru-coupled", valid: 8.5, test: 8.41 }),
      made({ cell: "gru-no-update", valid: 8.5, test: 8.3 }),
    ];
    const row = rowOf(records, "mgu");
    // pieces differ by 0.2 from each to the next, the same in both: paired, nothing of it is left
    expect(row).toMatchObject({ of: "gru", rates: 1, learningRate: 1e-3, seeds: [1] });
    expect(row?.comparison?.difference.value).toBeCloseTo(0.2, 10);
    expect(row?.comparison?.difference.low).toBeCloseTo(0.2, 10);
    expect(row?.comparison?.verdict).toBe("b clearly better");
    expect(rowOf(records, "gru-coupled")?.comparison?.verdict).toBe("equivalent");
    const text = tableText(atlasTable(atlasRows(records)));
    expect(text).toMatch(/GRU, MGU .*8\.600 .*\+0\.200 {2}\+0\.200 to \+0\.200 {2}clearly worse/);
    expect(text).toMatch(/GRU, no update .*−0\.100 .*clearly better/);
    expect(text).toContain("says nothing about other seeds");
  });

  it("counts only rates that all cells of a set were tried with", () => {
    const [gru] = atlasRows([...whole, made({ cell: "mgu", valid: 8.5, test: 8.6 })]);
    expect(gru.test).toBe(8.4); // and not 8.0, at a rate that the other never had
    expect(atlasRows(whole)[0]).toMatchObject({ test: 8.0, rates: 2 });
  });

  it("takes two widths as two rows, all seeds of the chosen rate, and no failed or memory run", () => {
    const records: RunRecord[] = [
      ...[1, 2, 3].map((seed) => made({ cell: "lstm", seed, valid: 8, test: 8, hiddenSize: 36 })),
      ...[1, 2].map((seed) => made({ cell: "lstm-nog", seed, valid: 8, test: 9, hiddenSize: 45 })),
      made({ cell: "lstm-nog", valid: 8, test: 9.5, hiddenSize: 36 }),
      { ...made({ cell: "janet", valid: 8, test: 9 }), status: "failed" },
      made({ cell: "lstm", valid: 0, test: 0, data: "recall-5" }),
    ];
    expect(
      atlasRows(records).map((r) => [
        r.cell,
        r.hiddenSize,
        r.seeds.length,
        r.comparison?.difference.value,
      ]),
    ).toEqual([
      ["lstm", 36, 3, undefined],
      ["lstm-nog", 45, 2, expect.closeTo(1, 10)],
      ["lstm-nog", 36, 1, expect.closeTo(1.5, 10)],
    ]);
  });

  it("corrects p-values for all variants of a set together", () => {
    const variants = ["mgu", "mgu-1", "mgu-2", "mgu-3"];
    const rows = atlasRows([
      ...whole,
      ...variants.map((cell) => made({ cell, valid: 8.5, test: 8.6 })),
    ]);
    const [, mgu] = rows;
    expect(mgu.pValue).toBeCloseTo(4 * (mgu.comparison?.pValue ?? 0), 12);
    expect(rows[0].pValue).toBeUndefined();
  });

  it("is a picture of all variants, from the best to the worst", () => {
    const rows = atlasRows([
      ...whole,
      made({ cell: "mgu", valid: 8.5, test: 8.6 }),
      made({ cell: "gru-coupled", valid: 8.5, test: 8.3 }),
    ]);
    const spec = JSON.stringify(atlasPicture(rows, "All"));
    expect(spec).toContain('"sort":["GRU, coupled","GRU, MGU"]');
    expect(spec).toContain('"verdict":"clearly worse"');
  });
});

describe("memory from records", () => {
  it("is kept at half the price of forgetting, and where both numbers count", () => {
    const price = recallForgotten(5);
    const rows = memoryRows([
      made({ cell: "gru", valid: 1, test: 0.49 * price, data: "recall-5" }),
      made({ cell: "tanh", valid: 1, test: 0.51 * price, data: "recall-5" }),
      made({ cell: "gru", valid: 1, test: addingHalf - 0.01, data: "adding-25" }),
      made({ cell: "tanh", valid: 1, test: addingHalf + 0.01, data: "adding-25" }),
      made({ cell: "tanh", valid: 1, test: 0, data: "jsb" }),
    ]);
    expect(rows.map((r) => [r.cell, r.kind, r.steps, r.isKept])).toEqual([
      ["tanh", "recall", 5, false],
      ["tanh", "adding", 25, false],
      ["gru", "recall", 5, true],
      ["gru", "adding", 25, true],
    ]);
    const text = tableText(memoryTable(rows));
    expect(text).toMatch(/GRU +gru +0\.\d{3} \* +1\.\d{3} \*/);
    expect(text).toContain("who remembers nothing: recall-5 0.502, adding-25 1.419.");
  });
});
