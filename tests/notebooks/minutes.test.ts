import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../../notebooks/tools/format.mts";
import { notebookNames, readSource } from "../../notebooks/tools/notebooks.mts";
import { readingMinutes } from "../../notebooks/tools/site/minutes.mts";

const teaching = readFileSync(
  join(resolve(import.meta.dirname, "..", ".."), "docs", "teaching.md"),
  "utf8",
);

describe("the minutes of reading", () => {
  it("are one for 200 words or ten lines of code", () => {
    const words = `// ${"word ".repeat(600).trim()}\n`;
    const code = "const x = 1;\n".repeat(20);
    expect(readingMinutes(parse(`// %% [markdown]\n${words}\n// %%\n${code}`, "x"))).toBe(5);
  });

  it.each(notebookNames())("of %s stand in the course kit", (name) => {
    const row = new RegExp(
      `\\| \\[[^\\]]*\\]\\(../notebooks/${name}.ipynb\\) \\|.*?\\| (\\d+) min`,
    );
    const [, told] = row.exec(teaching) ?? [];
    expect(told, `a row of docs/teaching.md for ${name}`).toBeDefined();
    expect(Math.abs(Number(told) - readingMinutes(readSource(name)))).toBeLessThanOrEqual(1);
  });
});
