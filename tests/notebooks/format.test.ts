import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, print, text } from "../../notebooks/tools/format.mts";

const source = `// %% [markdown]
// # Title
//
// Words with $x_t$.

// %%
const a = 1;

console.log(a);

// %% tags=["raises-exception","slow"]
throw new Error("on purpose");
`;

describe("a percent source", () => {
  it("becomes cells of text and code, with their tags", () => {
    const { cells, metadata } = parse(source, "01-example");
    expect(cells.map((c) => [c.cell_type, text(c.source), c.metadata])).toEqual([
      ["markdown", "# Title\n\nWords with $x_t$.", {}],
      ["code", "const a = 1;\n\nconsole.log(a);", {}],
      ["code", 'throw new Error("on purpose");', { tags: ["raises-exception", "slow"] }],
    ]);
    expect(metadata).toMatchObject({ kernelspec: { name: "tslab" } });
  });

  it("comes back from the notebook byte for byte", () => {
    expect(print(parse(source, "01-example"))).toBe(source);
  });

  it("comes back byte for byte, whatever is in its cells", () => {
    const line = fc
      .stringMatching(/^[ -~é⊙]{0,30}$/)
      .filter((l) => !l.startsWith("// %%") && l === l.trimEnd());
    const body = fc.array(line, { minLength: 1, maxLength: 4 }).map((ls) => ["x", ...ls, "y"]);
    const cell = fc.oneof(
      body.map((ls) => `// %%\n${ls.join("\n")}\n`),
      body.map((ls) => `// %% [markdown]\n${ls.map((l) => `// ${l}`.trimEnd()).join("\n")}\n`),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const joined = cells.join("\n");
        expect(print(parse(joined, "x"))).toBe(joined);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("gives every cell an id of its own that stays the same", () => {
    const ids = parse(source, "01-example").cells.map((c) => c.id);
    expect(new Set(ids).size).toBe(3);
    expect(
      parse(source.replace("Words", "Other words"), "01-example").cells.map((c) => c.id),
    ).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/); // nbformat 4.5
  });

  it("may not begin with something else than a cell", () => {
    expect(() => parse("const a = 1;\n// %%\n", "01-example")).toThrow(
      '01-example: expected a line "// %%" first, got "const a = 1;\\n"',
    );
  });
});
