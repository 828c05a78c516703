import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CodeCell, print, text } from "../../notebooks/tools/format.mts";
import {
  notebookFile,
  notebookNames,
  readNotebook,
  readSource,
} from "../../notebooks/tools/notebooks.mts";
import { chartsOf, codeCells, isDrawn, pointsOf, proseWords, shown } from "./outputs.js";

/** What readers open: the `.ipynb` in the repository, with the outputs of a full run on the real music. */
describe.each(notebookNames())("the committed notebook %s", (name) => {
  const notebook = existsSync(notebookFile(name))
    ? readNotebook(notebookFile(name))
    : { ...readSource(name), cells: [] };
  const cells = codeCells(notebook);

  it("has the cells of its percent source (if not: npm run notebooks -- build, or pull)", () => {
    const bare = (c: {
      cell_type: string;
      id: string;
      metadata: object;
      source: string | string[];
    }) => [c.cell_type, c.id, c.metadata, text(c.source)];
    expect(notebook.cells.map(bare)).toEqual(readSource(name).cells.map(bare));
    expect(print(notebook)).toBe(
      readFileSync(notebookFile(name).replace(/\.ipynb$/, ".ts"), "utf8"),
    );
  });

  it("asks for the kernel of this checkout", () => {
    expect(notebook.metadata).toMatchObject({
      kernelspec: { name: "tslab" },
      language_info: { name: "typescript" },
    });
  });

  it("was run from its first cell to its last", () => {
    expect(cells.map((c) => c.execution_count)).toEqual(cells.map((_, i) => i + 1));
  });

  it("shows no error and no warning", () => {
    for (const cell of cells)
      for (const output of cell.outputs)
        expect(
          output.output_type === "error" ||
            (output.output_type === "stream" && output.name === "stderr"),
        ).toBe(false);
  });

  it("holds no path of the machine that it was run on", () => {
    expect(JSON.stringify(cells.map((c) => c.outputs))).not.toMatch(
      /\/(home|work|root|tmp|Users)\//,
    );
  });

  it("holds no sound of the data sets", () => {
    const own = cells.filter((c) => c.metadata.tags?.includes("data")).flatMap((c) => c.outputs);
    for (const output of own)
      if (output.output_type === "display_data")
        expect(output.data).not.toHaveProperty("text/html");
    if (name.startsWith("01")) expect(own.length).toBeGreaterThan(0);
  });

  it("was run on real music", () => {
    expect(JSON.stringify(cells.map((c) => c.outputs))).not.toMatch(/synthetic chorales/i);
  });

  it("has a picture and words beside every living chart", () => {
    const charts = chartsOf(notebook);
    expect(charts.length).toBeGreaterThan(0);
    for (const { data, metadata } of charts) {
      expect(isDrawn(data["image/png"])).toBe(true);
      expect(shown(data["text/plain"])).toMatch(/^\[chart\] ./);
      expect(data).not.toHaveProperty("text/html"); // JupyterLab would show it instead of the living chart
      expect(metadata).toMatchObject({
        "image/png": { width: expect.any(Number), height: expect.any(Number) },
      });
    }
  });

  it("has at most 2,000 points in a chart", () => {
    for (const { data } of chartsOf(notebook))
      expect(pointsOf(data["application/vnd.vegalite.v5+json"])).toBeLessThanOrEqual(2000);
  });

  it("has code cells of 12 lines or fewer, and more prose than code", () => {
    const length = (cell: CodeCell) => text(cell.source).split("\n").length;
    for (const cell of cells) expect(length(cell), text(cell.source)).toBeLessThanOrEqual(12);
    const codeWords = cells.flatMap((c) => text(c.source).split(/\s+/)).length;
    expect(proseWords(notebook)).toBeGreaterThan(codeWords);
  });
});
