// Runs notebooks (01, 04, …; default: all) in JupyterLab as a reader would, through its menu, in
// headless Chromium: every cell must end well, and every chart look like its picture, then again in
// the dark theme. Leaves build/lab-check/NAME.png, NAME-dark.png and notebooks/NAME.ipynb there.
// Needs Python 3, and chromium (CHROMIUM=path of another one).

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags } from "./browser.mts";
import { makeFolder } from "./folder.mts";
import { type CodeCell, type Notebook, serialise, text } from "./format.mts";
import { jupyterEnvironment, pythonWithJupyterLab, root } from "./jupyter.mts";
import { chartPictures, chartsOn, compareCharts, lendFont } from "./lab-charts.mts";
import { notebookNames, readNotebook, readSource } from "./notebooks.mts";

const folder = join(root, "build", "lab-check");
const served = join(folder, "notebooks");
const minutes = 60_000;
type Theme = "light" | "dark";
/**
 * How tslab reports a failed cell, on stderr: a thrown error, or "line:column - what the compiler
 * says".
 */
const failure = /Error|^\d+:\d+ - /m;
/** The notebook without outputs. */
function prepare(name: string): void {
  makeFolder(served);
  if (!existsSync(join(served, "results")))
    symlinkSync(join(root, "notebooks", "results"), join(served, "results"));
  writeFileSync(join(served, `${name}.ipynb`), serialise(readSource(name)));
}

/**
 * JupyterLab's settings: every cell is in the page, scrolled away or not, and no news is fetched.
 */
function choose(theme: Theme): void {
  const settings = {
    "notebook-extension/tracker": { windowingMode: "none" },
    "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
    "apputils-extension/themes": {
      theme: theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light",
    },
  };
  for (const [name, values] of Object.entries(settings)) {
    const file = join(folder, "settings", "@jupyterlab", `${name}.jupyterlab-settings`);
    makeFolder(dirname(file));
    writeFileSync(file, JSON.stringify(values));
  }
}

async function startServer(): Promise<{
  readonly url: string;
  readonly token: string;
  readonly server: ChildProcess;
}> {
  const port = await freePort();
  const token = randomBytes(16).toString("hex");
  const args = [
    `--ServerApp.root_dir=${served}`,
    `--ServerApp.port=${port}`,
    `--IdentityProvider.token=${token}`,
    "--no-browser",
    "--allow-root",
  ];
  const own = {
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
  };
  const server = spawn(pythonWithJupyterLab(), ["-m", "jupyterlab", ...args], {
    env: { ...jupyterEnvironment(), ...own },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + minutes; Date.now() < end; await pause(200)) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`${url}/api/status?token=${token}`).catch(() => undefined);
    if (answer?.ok) return { url, token, server };
  }
  server.kill();
  throw new Error(`JupyterLab: expected it to answer within a minute, got:\n${log}`);
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
async function check(name: string, open: () => Promise<Page>): Promise<string[]> {
  const codeCells = readSource(name).cells.filter((cell) => cell.cell_type === "code").length;
  choose("light");
  const light = await open();
  await runThroughMenu(light, codeCells);
  await light.waitForTimeout(1000); // the last chart fades in
  await light.keyboard.press("Control+s");
  const notebook = await savedNotebook(join(served, `${name}.ipynb`));
  const problems = failures(notebook, name);
  const pictures = chartPictures(notebook);
  if (pictures.length === 0)
    problems.push(`${name}: expected the saved notebook to hold charts, got none`);
  problems.push(...(await look(name, "light", light, pictures)));
  await light.close();
  choose("dark");
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object"
          ? done(address.port)
          : fail(new Error("no free port")),
      );
    });
  });
}

const wanted = process.argv.slice(2);
const names = notebookNames().filter(
  (name) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)),
);
rmSync(folder, { recursive: true, force: true });
names.forEach(prepare);
const { url, token, server } = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: browserFlags,
  chromiumSandbox: false,
});
let problems: string[] = [];
try {
  for (const name of names) {
    const address = `${url}/lab/tree/${name}.ipynb?token=${token}&reset`;
    const found = await check(name, () => opened(browser, name, address)).catch((error: Error) => [
      `${name}: ${error.message}`,
    ]);
    problems = [...problems, ...found];
    console.log(
      `${found.length === 0 ? "ok" : "FAILED"} ${name}: ${join("build", "lab-check", `${name}.png`)}`,
    );
  }
} finally {
  await browser.close();
  server.kill();
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
