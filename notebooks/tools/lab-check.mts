// Runs a notebook in JupyterLab as a reader would, through its menu, in headless Chromium: every cell must end well and the
// charts be drawn. Leaves build/lab-check/NAME.png and
// notebooks/NAME.ipynb there. Needs Python 3, and chromium (CHROMIUM=path of another one).

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { browserFlags } from "./browser.mts";
import { makeFolder } from "./folder.mts";
import { type CodeCell, type Notebook, serialise, text } from "./format.mts";
import { jupyterEnvironment, pythonWithJupyterLab, root } from "./jupyter.mts";
import { notebookNames, readNotebook, readSource } from "./notebooks.mts";

const folder = join(root, "build", "lab-check");
const served = join(folder, "notebooks");
const minutes = 60_000;
/** How tslab reports a failed cell, on stderr: a thrown error, or "line:column - what the compiler says". */
const failure = /Error|^\d+:\d+ - /m;
/** The notebook without outputs, and settings of its own that keep every cell in the page, scrolled away or not. */
function prepare(name: string): void {
  const settings = join(folder, "settings", "@jupyterlab", "notebook-extension");
  makeFolder(settings);
  writeFileSync(
    join(settings, "tracker.jupyterlab-settings"),
    JSON.stringify({ windowingMode: "none" }),
  );
  const news = join(folder, "settings", "@jupyterlab", "apputils-extension");
  makeFolder(news);
  writeFileSync(
    join(news, "notification.jupyterlab-settings"),
    JSON.stringify({ fetchNews: "false", checkForUpdates: false }),
  );
  makeFolder(served);
  if (!existsSync(join(served, "results")))
    symlinkSync(join(root, "notebooks", "results"), join(served, "results"));
  writeFileSync(join(served, `${name}.ipynb`), serialise(readSource(name)));
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
  for (const end = Date.now() + 3 * minutes; ; await pause(250)) {
    const texts = await prompts.allTextContents();
    if (texts.length === codeCells && texts.every((prompt) => /^\[\d+\]:/.test(prompt.trim())))
      return;
    if ((await errors.count()) > 0)
      throw new Error(
        `expected no cell to fail, got ${(await errors.allTextContents()).join("; ")}`,
      );
    if (Date.now() > end)
      throw new Error(
        `expected ${codeCells} cells to end within 3 minutes, got prompts ${texts.join(" ")}`,
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

/** Charts that are alive and not blank: of every canvas, whether it has more than one colour. */
function drawnCharts(page: Page): Promise<boolean[]> {
  return page.locator(".jp-OutputArea-output .vega-embed canvas").evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels =
        (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ??
        new Uint8ClampedArray();
      return new Set(new Uint32Array(pixels.buffer)).size > 2;
    }),
  );
}

async function check(name: string, page: Page, url: string, token: string): Promise<string[]> {
  const source = readSource(name);
  const charts = () => page.locator(".jp-OutputArea-output .vega-embed canvas");
  await page.goto(`${url}/lab/tree/${name}.ipynb?token=${token}&reset`);
  await page.locator(".jp-NotebookPanel .jp-CodeCell").first().waitFor({ timeout: minutes });
  await page.getByText(/\(gated-rnn\) \| Idle/).waitFor({ timeout: minutes }); // cells run earlier are dropped without a word
  await runThroughMenu(page, source.cells.filter((cell) => cell.cell_type === "code").length);
  await charts()
    .first()
    .waitFor({ timeout: minutes / 2 });
  await pause(1000); // the last chart fades in
  const drawn = await drawnCharts(page);
  await page.keyboard.press("Control+s");
  await pause(1000);
  await screenshot(page, join(folder, `${name}.png`));
  const saved = readNotebook(join(served, `${name}.ipynb`));
  const expected = countCharts(saved);
  const problems = failures(saved, name);
  if (expected === 0)
    problems.push(`${name}: expected the saved notebook to hold charts, got none`);
  if (drawn.length !== expected || drawn.includes(false))
    problems.push(
      `${name}: expected ${expected} charts drawn, got ${drawn.filter(Boolean).length}`,
    );
  return problems;
}

function countCharts({ cells }: Notebook): number {
  const outputs = cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []));
  return outputs.filter(
    (output) =>
      output.output_type === "display_data" && "application/vnd.vegalite.v5+json" in output.data,
  ).length;
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
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const found = await check(name, page, url, token).catch(async (error: Error) => {
      await page.screenshot({ path: join(folder, `${name}.png`) });
      return [`${name}: ${error.message}`];
    });
    problems = [...problems, ...found];
    console.log(
      `${found.length === 0 ? "ok" : "FAILED"} ${name}: ${join("build", "lab-check", `${name}.png`)}`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
