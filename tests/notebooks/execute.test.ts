import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodeCell, type Notebook, text } from "../../notebooks/tools/format.mts";

const root = resolve(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-execute-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs cells as the notebooks are run, in a process of their own, since a kernel takes over the process that it is in. */
function execute(
  name: string,
  cells: readonly string[],
): { failure?: { cell: number; problem: string }; cells: CodeCell[] } {
  const program = `
    import { execute } from ${JSON.stringify(join(root, "notebooks", "tools", "execute.mts"))};
    import { parse } from ${JSON.stringify(join(root, "notebooks", "tools", "format.mts"))};
    import { writeFileSync } from "node:fs";
    const notebook = parse(${JSON.stringify(cells.join("\n\n"))}, "test");
    const failure = await execute(notebook, ${JSON.stringify(join(root, "notebooks"))});
    writeFileSync(${JSON.stringify(join(folder, name))}, JSON.stringify({ failure, notebook }));
    process.exit(0);`;
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, program);
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const { failure, notebook } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
    failure?: { cell: number; problem: string };
    notebook: Notebook;
  };
  return { ...(failure ? { failure } : {}), cells: notebook.cells as CodeCell[] };
}

describe("cells", () => {
  let good: ReturnType<typeof execute>;
  beforeAll(() => {
    good = execute("good", [
      `// %%\nimport { gru, pianoRoll, show } from "gated-rnn";
import { pianoRollPicture } from "gated-rnn/show";\nshow.equations(gru);`,
      `// %%\nawait show.chart(pianoRollPicture(pianoRoll([[60, 64], [60]], "two steps")));`,
      `// %%\nfor (let i = 0; i < 2000; i++) console.log(i);`,
      `// %% tags=["raises-exception"]\nconst wrong: number = "text";`,
      `// %% tags=["raises-exception"]\nthrow new Error("on purpose");`,
      `// %%\nshow.check(false, "A hint.");`,
    ]);
  });

  it("are run in order to the end, those that are meant to fail too", () => {
    expect(good.failure).toBeUndefined();
    expect(good.cells.map((c) => c.execution_count)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("show equations as LaTeX", () => {
    const [equations] = good.cells[0].outputs;
    expect(equations).toMatchObject({
      output_type: "display_data",
      data: { "text/latex": expect.arrayContaining(["$$\n"]) },
    });
  });

  it("show a chart as one output in three forms: alive, as a picture, in words", () => {
    expect(good.cells[1].outputs).toHaveLength(1);
    const [chart] = good.cells[1].outputs;
    if (chart.output_type !== "display_data")
      throw new Error(`expected a display, got ${chart.output_type}`);
    expect(Object.keys(chart.data).sort()).toEqual([
      "application/vnd.vegalite.v5+json",
      "image/png",
      "text/plain",
    ]);
    expect(chart.data["application/vnd.vegalite.v5+json"]).toMatchObject({
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    });
  });

  it("lose no line of 2,000", () => {
    const [stream] = good.cells[2].outputs;
    if (stream.output_type !== "stream")
      throw new Error(`expected a stream, got ${stream.output_type}`);
    expect(text(stream.text)).toBe(Array.from({ length: 2000 }, (_, i) => `${i}\n`).join(""));
  });

  it("are checked with strict types", () => {
    expect(good.cells[3].outputs).toMatchObject([
      { name: "stderr", text: ["1:7 - Type 'string' is not assignable to type 'number'.\n"] },
    ]);
    const { failure } = execute("strict", [
      "// %%\nconst found = [1].find((x) => x > 1);\nconst next: number = found + 1;",
    ]);
    expect(failure).toEqual({ cell: 1, problem: "2:22 - 'found' is possibly 'undefined'." });
  });

  it("see the variables of earlier cells, in the short form of objects too", () => {
    const { cells } = execute("shorthand", [
      `// %%\nconst a = 1;\nlet b = await Promise.resolve(2);`,
      `// %%\nconst f = () => ({ a, nested: { b }, c: 3 });\nb = 5;\n({ b } = { b: b + 1 });\nconst { c = 4 } = {};`,
      "// %%\nconsole.log(JSON.stringify({ ...f(), c }));",
    ]);
    expect(cells[2].outputs).toMatchObject([{ text: ['{"a":1,"nested":{"b":6},"c":4}\n'] }]);
  });

  it("stop at the first failure, which is named", () => {
    const { failure, cells } = execute("bad", [
      `// %%\nconst a = 1;`,
      `// %%\nthrow new Error("by mistake");`,
      "// %%\nconsole.log(a);",
    ]);
    expect(failure).toEqual({ cell: 2, problem: "Error: by mistake" });
    expect(cells.map((c) => c.execution_count)).toEqual([1, 2, null]);
  });

  it("that fail say why and on which line of theirs, without a stack", () => {
    const { cells } = execute("short", [
      `// %%\nimport { readRecord } from "gated-rnn";\ntype Long = {\n  a: number;\n};\nconst f = (x: Long) => {\n  if (x.a > 1) throw new RangeError("too long");\n};\nf({ a: 1 });`,
      `// %% tags=["raises-exception"]\n// a comment\nf({ a: 2 });`,
      `// %% tags=["raises-exception"]\nawait Promise.resolve();\nreadRecord("/no/such/file");`,
      `// %% tags=["raises-exception"]\nconst g = async (y?: string) =>\n  y ?? Promise.reject(new Error("two\\nlines", { cause: new Error("a cause") }));\nawait g();`,
      `// %% tags=["raises-exception"]\nthrow "words";`,
    ]);
    const printed = cells.map(({ outputs }) =>
      outputs.map((output) => (output.output_type === "stream" ? text(output.text) : "")).join(""),
    );
    expect(printed[1]).toBe("RangeError: too long\n  at line 6 of an earlier cell\n");
    expect(printed[2]).toMatch(/^GatedRnnError: .*no\/such\/file.*\n {2}at line 2 of the cell\n$/);
    expect(printed[3]).toBe(
      "Error: two\nlines\n  because of Error: a cause\n  at line 2 of the cell\n",
    );
    expect(printed[4]).toBe("words\n");
  });

  it("that should fail and do not are failures", () => {
    const { failure } = execute("tagged", [`// %% tags=["raises-exception"]\nconst a = 1;`]);
    expect(failure).toEqual({
      cell: 1,
      problem: "expected an exception, as it is tagged raises-exception, got none",
    });
  });
});
