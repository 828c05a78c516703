import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { atlasTable } from "../../lib/show/atlas-table.js";
import { tableMarkdown } from "../../lib/show/table.js";
import { atlasRows } from "../../lib/sweep/atlas-rows.js";
import { atlasRecords } from "./prose/atlas.js";

const page = readFileSync(resolve(import.meta.dirname, "..", "..", "docs", "atlas.md"), "utf8");

it("the page's table follows from the records: other scores make another", () => {
  const table = tableMarkdown(atlasTable(atlasRows(atlasRecords)));
  expect(page.replace(/\s+/g, " ")).toContain(table.replace(/\s+/g, " "));
  const moved = atlasRecords.map((record) => ({
    ...record,
    results: {
      ...record.results,
      test: { ...record.results.test, nllPerStep: record.results.test.nllPerStep + 0.01 },
    },
  }));
  expect(tableMarkdown(atlasTable(atlasRows(moved)))).not.toBe(table);
});

it("every committed record of the atlas is a finished run of a cell that is here, with its test pieces", () => {
  for (const { status, testPieces, engine } of atlasRecords)
    expect([status, testPieces !== undefined, engine.name]).toEqual(["finished", true, "native"]);
  expect(new Set(atlasRecords.map(({ id }) => id)).size).toBe(atlasRecords.length);
});
