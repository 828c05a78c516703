// The stop button of JupyterLab's own window, pressed while a plain `await train(…)` runs.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { parse, serialise } from "./format.mts";
import { type Lab, pause } from "./lab-server.mts";

const name = "stop";
/** A first cell that is sent at once, a training of hours, and a cell that asks what came of it. */
const source = `// %%
import { gru, openEngine, openMusic, train } from "gated-rnn";
const full = await openMusic("synthetic");
const [few, engine] = [full.train.slice(0, 4), await openEngine("native")];
const dataset = { ...full, train: few, valid: few, test: few };
console.log("prepared");

// %%
const long = { epochs: 1_000_000, patience: 1_000_000 };
const learned = await train({ dataset, cell: gru, engine, ...long });

// %%
console.log(learned.record.status, learned.record.curve.length > 0);
`;

export function prepareStop(lab: Lab): string {
  writeFileSync(join(lab.served, `${name}.ipynb`), serialise(parse(source, name)));
  return lab.address(name);
}

/**
 * What is wrong, one line each, on the page of that notebook, just opened: the first cell is sent
 * while the kernel starts and must run; the stop button must end the training in one line,
 * with its curve and its record, and leave an idle kernel that runs the next cell.
 */
export async function checkStop(page: Page): Promise<string[]> {
  const problems: string[] = [];
  const expect = (holds: boolean, what: string, got: string) => {
    if (!holds) problems.push(`${name}: expected ${what}, got ${JSON.stringify(got)}`);
  };
  const status = async () =>
    /Idle|Busy|Connecting|Initializing|Starting|Unknown/.exec(
      await page.locator("#jp-main-statusbar").innerText(),
    )?.[0] ?? "no status";
  const cell = (k: number) => page.locator(".jp-NotebookPanel .jp-CodeCell").nth(k);
  const output = (k: number) => cell(k).locator(".jp-OutputArea").innerText();
  const run = async (k: number) => {
    await cell(k).locator(".cm-content").click();
    await page.keyboard.press("Shift+Enter");
  };
  const ended = (k: number) =>
    until(page, `cell ${k + 1} to end`, async () =>
      /\d/.test((await cell(k).locator(".jp-InputArea-prompt").textContent()) ?? ""),
    );

  // Before JupyterLab has asked for a kernel it drops what is run, whichever kernel that will be.
  await until(page, "a kernel to be asked for", async () =>
    /Connecting|Starting|Busy|Idle/.test(await status()),
  );
  await run(0);
  const early = await status();
  expect(!/Idle|Busy/.test(early), "the first cell to be sent before the kernel is ready", early);
  await ended(0);
  expect(/prepared/.test(await output(0)), "it to run all the same", await output(0));

  await run(1);
  await until(page, "the training to show progress below its cell", async () =>
    /nats per step/.test(await output(1)),
  );
  expect((await status()) === "Busy", "a busy kernel while it trains", await status());
  await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
  await ended(1);
  await until(page, "an idle kernel", async () => (await status()) === "Idle");
  const [first, ...rest] = (await output(1)).trim().split("\n");
  expect(
    /^GRU +stopped after \d+ epochs?/.test(first),
    "the training to say how far it came",
    first,
  );
  expect(
    rest.join() === "Interrupted: the training has stopped, and what it had is kept.",
    "one plain line more, and no stack",
    rest.join("\n"),
  );
  const canvas = cell(1).locator(".vega-embed canvas");
  await canvas // drawn when Lab gets to it
    .first()
    .waitFor({ timeout: 30_000 })
    .catch(() => {});
  const curves = await canvas.count();
  expect(curves === 1, "its curve below its own cell", `${curves} charts`);

  await run(2);
  await ended(2);
  expect(/stopped true/.test(await output(2)), "the next cell to have the record", await output(2));
  return problems;
}

/** Waits until it holds, for two minutes at most. */
async function until(page: Page, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await holds().catch(() => false)); await pause(100))
    if (Date.now() > end)
      throw new Error(`expected ${what} within two minutes, got ${await page.title()}`);
}
