// Runs notebooks in JupyterLab as a reader would, through its menu, in headless Chromium.

import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags } from "./browser.mts";
import { type CodeCell, type Notebook, serialise, text } from "./format.mts";
import { root } from "./jupyter.mts";
import { chartPictures, chartsOn, compareCharts, lendFont } from "./lab-charts.mts";
import { type Lab, pause, startLab, type Theme } from "./lab-server.mts";
import { checkStop, prepareStop } from "./lab-stop.mts";
import { notebookNames, readNotebook, readSource } from "./notebooks.mts";

const usage = `npm run lab-check -- [stop] [NAME …]

Runs notebooks (01, 04, …; default: all) in JupyterLab, through its menu, in headless Chromium. Every
cell must end well, and every chart look like its picture, pixel by pixel, in the light theme and in
the dark one. "stop" presses the stop button during a training, and is part of every check. Leaves
build/lab-check/NAME.png, NAME-dark.png, stop.png, and what was saved in notebooks/NAME.ipynb there.
Needs Python 3, and chromium (CHROMIUM=path of another one).
`;
const folder = join(root, "build", "lab-check");
const minutes = 60_000;
/**
 * How tslab reports a failed cell, on stderr: a thrown error, or "line:column - what the compiler
 * says".
 */
const failure = /Error|^\d+:\d+ - /m;
/** The notebook without outputs, beside the records that it reads. */
function prepare(lab: Lab, name: string): void {
  if (!existsSync(join(lab.served, "results")))
    symlinkSync(join(root, "notebooks", "results"), join(lab.served, "results"));
  writeFileSync(join(lab.served, `${name}.ipynb`), serialise(readSource(name)));
}

async function runThroughMenu(page: Page, codeCells: number): Promise<void> {
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  const errors = page
    .locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')
    .filter({ hasText: failure });
  const prompts = page.locator(".jp-NotebookPanel .jp-CodeCell .jp-InputArea-prompt");
  for (const end = Date.now() + 5 * minutes; ; await pause(250)) {
    const texts = await prompts.allTextContents();
    if (texts.length === codeCells && texts.every((prompt) => /^\[\d+\]:/.test(prompt.trim())))
      return;
    if ((await errors.count()) > 0)
      throw new Error(
        `expected no cell to fail, got ${(await errors.allTextContents()).join("; ")}`,
      );
    if (Date.now() > end)
      throw new Error(
        `expected ${codeCells} cells to end within 5 minutes, got prompts ${texts.join(" ")}`,
      );
  }
}

/** What must not be there after a run, one line each. */
function failures({ cells }: Notebook, name: string): string[] {
  const code = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  return code.flatMap((cell, i) => {
    const expected = cell.metadata.tags?.includes("raises-exception") ?? false;
    const bad = cell.outputs.find(
      (output) =>
        output.output_type === "error" ||
        (output.output_type === "stream" && failure.test(text(output.text))),
    );
    return bad && !expected
      ? [`${name}: code cell ${i + 1}: ${JSON.stringify(bad).slice(0, 400)}`]
      : [];
  });
}

/** Runs the notebook in the light theme and saves it; then opens what was saved in the dark one. */
async function check(name: string, lab: Lab, browser: Browser): Promise<string[]> {
  const open = () => opened(browser, name, lab.address(name));
  const codeCells = readSource(name).cells.filter((cell) => cell.cell_type === "code").length;
  prepare(lab, name);
  lab.choose("light");
  const light = await open();
  await runThroughMenu(light, codeCells);
  await light.waitForTimeout(1000); // the last chart fades in
  await light.keyboard.press("Control+s");
  const notebook = await savedNotebook(join(lab.served, `${name}.ipynb`));
  const problems = failures(notebook, name);
  const pictures = chartPictures(notebook);
  if (pictures.length === 0)
    problems.push(`${name}: expected the saved notebook to hold charts, got none`);
  problems.push(...(await look(name, "light", light, pictures)));
  await light.close();
  lab.choose("dark");
  const dark = await open();
  await chartsOn(dark)
    .nth(pictures.length - 1)
    .waitFor({ timeout: minutes });
  await dark.waitForTimeout(1000);
  problems.push(...(await look(name, "dark", dark, pictures)));
  await dark.close();
  return problems;
}

/** The notebook with its outputs, once JupyterLab has written it, whole. */
async function savedNotebook(file: string): Promise<Notebook> {
  for (const end = Date.now() + minutes; ; await pause(250)) {
    try {
      const notebook = readNotebook(file);
      const code = notebook.cells.filter((cell) => cell.cell_type === "code");
      if (code.every((cell) => cell.execution_count !== null)) return notebook;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // half of it
    }
    if (Date.now() > end) throw new Error(`expected ${file} to be saved within a minute`);
  }
}

async function look(
  name: string,
  theme: Theme,
  page: Page,
  pictures: readonly string[],
): Promise<string[]> {
  const isLight = await page.evaluate(() => document.body.dataset.jpThemeLight);
  const start = join(folder, `${name}${theme === "dark" ? "-dark" : ""}`);
  const { problems, worst } = await compareCharts(page, pictures, start);
  await screenshot(page, `${start}.png`);
  if ((theme === "light") !== (isLight === "true"))
    problems.push(`expected the ${theme} theme, got the other`);
  console.log(`${name}, ${theme}: ${pictures.length} charts, farthest from its picture: ${worst}`);
  return problems.map((problem) => `${name}, ${theme}: ${problem}`);
}

/** The whole notebook in one picture: the window is made as high as it is. */
async function screenshot(page: Page, path: string): Promise<void> {
  const notebook = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer");
  const height = await notebook.evaluate((outer) => outer.scrollHeight);
  await page.setViewportSize({ width: 1280, height: Math.min(16_000, height + 200) });
  await notebook.evaluate((outer) => outer.scrollTo(0, 0));
  await pause(500);
  await page.screenshot({ path });
}

async function opened(browser: Browser, name: string, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await lendFont(page);
  await page.goto(address);
  try {
    await page.locator(".jp-NotebookPanel .jp-CodeCell").first().waitFor({ timeout: minutes });
    // Not until the kernel is ready: until JupyterLab has asked for one; it drops cells that are
    // run before.
    await page.getByText(/\(gated-rnn\) \| (?!Initializing)/).waitFor({ timeout: minutes });
  } catch (error) {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    throw error;
  }
  return page;
}

async function checkStopButton(lab: Lab, browser: Browser): Promise<string[]> {
  const address = prepareStop(lab);
  lab.choose("light");
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(address);
  await page.locator(".jp-NotebookPanel .jp-CodeCell").first().waitFor({ timeout: minutes });
  try {
    return await checkStop(page);
  } finally {
    await page.screenshot({ path: join(folder, "stop.png") });
    await page.close();
  }
}

const wanted = process.argv.slice(2);
if (wanted.includes("--help")) {
  process.stdout.write(usage);
  process.exit(0);
}
const all = notebookNames();
const unknown = wanted.filter((w) => w !== "stop" && !all.some((name) => name.startsWith(w)));
if (unknown.length > 0) {
  process.stderr.write(`expected names of notebooks or stop, got ${unknown.join(" ")}\n${usage}`);
  process.exit(2);
}
const names = all.filter((name) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)));
rmSync(folder, { recursive: true, force: true });
const lab = await startLab(folder);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: browserFlags,
  chromiumSandbox: false,
});
let problems: string[] = [];
try {
  for (const name of ["stop", ...names]) {
    const checked = name === "stop" ? checkStopButton(lab, browser) : check(name, lab, browser);
    const found = await checked.catch((error: Error) => [`${name}: ${error.message}`]);
    problems = [...problems, ...found];
    const picture = join("build", "lab-check", `${name}.png`);
    console.log(`${found.length === 0 ? "ok" : "FAILED"} ${name}: ${picture}`);
  }
} finally {
  await browser.close();
  lab.close();
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
