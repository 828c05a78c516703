import { describe, expect, it } from "vitest";
import { parse, text } from "../../notebooks/tools/format.mts";
import { notebookNames, readSource } from "../../notebooks/tools/notebooks.mts";
import { withSolutions } from "../../notebooks/tools/solutions.mts";

const exercise = `// %% [markdown]
// How many?

// %% tags=["exercise"]
const answer = 0;

// %%
exercises.ofMine(answer);
`;
const solution = `
// %% [markdown]
// <details>
// <summary><b>A solution</b></summary>
//
// \`\`\`ts
// const answer = 42;
// \`\`\`
//
// </details>
`;

describe("a notebook with its solutions", () => {
  it("has each solution and the check once more after the check, and all else as it was", () => {
    const { cells } = withSolutions(parse(exercise + solution, "x"));
    const code = cells.filter(({ cell_type }) => cell_type === "code");
    expect(code.map(({ source }) => text(source))).toEqual([
      "const answer = 0;",
      "exercises.ofMine(answer);",
      "const answer = 42;",
      "exercises.ofMine(answer);",
    ]);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
  });

  it("is refused where an exercise has no check, or no solution with code", () => {
    const without = (notebook: string) => () => withSolutions(parse(notebook, "x"));
    expect(without(exercise)).toThrow("expected a check and a folded solution");
    expect(without(exercise.replace("exercises.ofMine", "show.this") + solution)).toThrow(
      "expected a check and a folded solution",
    );
  });

  it.each(notebookNames())("can be made of %s", (name) => {
    const source = readSource(name);
    expect(withSolutions(source).cells).toHaveLength(source.cells.length + 2);
  });
});
