import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Notebook } from "../../notebooks/tools/format.mts";
import { notebookNames, readNotebook } from "../../notebooks/tools/notebooks.mts";
import { chartsOf, displays, isDrawn, shown } from "./outputs.js";

const root = resolve(import.meta.dirname, "..", "..");
const mirror = process.env.GATED_RNN_MIRROR ?? resolve(root, "..", "shared", "datasets");
const build = join(root, "build");
/** A place for prepared data that nothing was prepared in before. */
const data = mkdtempSync(join(tmpdir(), "gated-rnn-notebook-data-"));

afterAll(() => rmSync(data, { recursive: true, force: true }));

/** What the notebook's checks said, in order: of the exercise as it stands, and of its solution. */
const verdicts = (notebook: Notebook) =>
  displays(notebook).flatMap(
    ({ data }) => shown(data["text/plain"]).match(/(?:Not yet|Right)(?=\.)/g) ?? [],
  );

/** Runs a notebook as `npm run notebooks` does, with the kernel's own handler in a Node process, without Python; with its exercises solved. */
function run(name: string, environment: Record<string, string>) {
  const args = [join(root, "notebooks", "tools", "notebooks.mts"), "run", name, "--solutions"];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  return { status, stderr, notebook: readNotebook(join(build, "notebooks", `${name}.ipynb`)) };
}

describe.each(notebookNames())("%s", (name) => {
  // Without the mirror, an empty folder in its place: the notebook must go on with the synthetic chorales, and say so.
  const real = existsSync(mirror);
  it(`runs to its end, from nothing, on ${real ? "real music" : "the synthetic chorales (no mirror of the music here)"}`, () => {
    const { status, stderr, notebook } = run(name, {
      GATED_RNN_DATA: data,
      GATED_RNN_MIRROR: real ? mirror : data,
    });
    expect(stderr).toContain(`${name}: `);
    expect(status, stderr).toBe(0);
    const charts = chartsOf(notebook);
    expect(charts.length).toBeGreaterThan(0);
    expect(verdicts(notebook)).toEqual(["Not yet", "Right"]);
    for (const chart of charts) expect(isDrawn(chart.data["image/png"])).toBe(true);
    if (/^(01|02|10)/.test(name))
      expect(
        displays(notebook).some(({ data }) =>
          shown(data["text/latex"]).includes("\\begin{aligned}"),
        ),
      ).toBe(true);
    if (name.startsWith("01"))
      expect(/synthetic/i.test(JSON.stringify(displays(notebook)))).toBe(!real);
  }, 600_000); // as long as it takes where other work shares the machine
});
