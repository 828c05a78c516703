import { expect, it } from "vitest";
import type { RunRecord } from "../../lib/train/record.js";
import { atlasBody } from "../../notebooks/tools/site/atlas.mts";
import { madeUpRecord } from "../show/records.js";

const made = (cell: string, test: number): RunRecord => {
  const record = madeUpRecord(cell);
  const nll = { nllPerStep: test, nllPerSequence: test };
  return {
    ...record,
    results: { train: nll, valid: nll, test: nll },
    testPieces: { steps: [10, 10, 10], nll: [10 * test - 1, 10 * test, 10 * test + 1] },
  };
};

it("the atlas's page has a row for each unit, with what it is filtered and sorted by", () => {
  const body = atlasBody([made("gru", 8), made("mgu", 8.25), made("gru-coupled", 7.9)]) ?? "";
  expect(body).toContain(
    '<tr data-data="jsb" data-protocol="ours" data-of="gru" data-verdict="clearly worse" data-name="GRU, MGU mgu">',
  );
  expect(body.match(/<tr data-/g)).toHaveLength(3);
  expect(body).toContain('<td data-key="8.25">8.250</td>');
  expect(body).toContain("−0.100");
  for (const name of ["Data", "Protocol", "Unit", "Verdict"])
    expect(body).toContain(`<label>${name} <select`);
  // every column is sorted by a button, which the keyboard reaches
  expect(body.match(/<th scope="col" aria-sort="none"><button type="button">/g)).toHaveLength(10);
  expect(body).toContain('<p role="status" class="about">3 of 3 rows</p>');
  expect(body).not.toMatch(/(src|href)="https?:/);
});

it("there is no such page without records", () => {
  expect(atlasBody([])).toBeUndefined();
});
