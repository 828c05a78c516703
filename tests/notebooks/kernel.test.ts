import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kernel, startKernel } from "./kernel.js";

const folder = mkdtempSync(join(tmpdir(), "gated-rnn-kernel-"));
/** A run that would take hours. */
const long = "{ dataset, cell: gru, engine, epochs: 1_000_000, patience: 1_000_000 }";
const preparation = `import { gru, openMusic, openEngine, train } from "gated-rnn";
const full = await openMusic("synthetic");
const [few, engine] = [full.train.slice(0, 4), await openEngine("native")];
const dataset = { ...full, train: few, valid: few, test: few };`;

/** Waits until it holds: the test's own limit says when it is too late. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 20));
}

describe.skipIf(process.platform === "win32")("the kernel", () => {
  let kernel: Kernel;
  const run = async (code: string) => {
    const before = kernel.text().length;
    const { content } = await kernel.execute(code);
    const idle = kernel.published.length;
    await kernel.ask(); // published before its answer: all that the cell had to say
    await until(() => kernel.published.length > idle);
    return { status: content.status, text: kernel.text().slice(before) };
  };
  beforeAll(async () => {
    kernel = await startKernel(folder);
    const first = kernel.execute(preparation); // before it can be ready
    expect((await first).content).toMatchObject({ status: "ok" });
  });
  afterAll(() => {
    kernel.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has one session, whoever asks: JupyterLab drops what it handles when that changes", async () => {
    const answers = await Promise.all([kernel.ask(), kernel.execute("1 + 1"), kernel.ask()]);
    const sessions = [...kernel.published, ...answers].map(({ header }) => header.session);
    expect(new Set(sessions).size).toBe(1);
    expect(["a reader", "a server"]).not.toContain(sessions[0]);
  });

  it("ends a training when interrupted, in one line, with a record; later cells wait for it", async () => {
    const shown = kernel.text().length;
    const training = kernel.execute(`const learned = await train(${long});`);
    await until(() => kernel.text().slice(shown).includes("nats per step"));
    kernel.process.kill("SIGINT");
    const next = kernel.execute(
      "console.log(learned.record.status, learned.record.curve.length > 0)",
    );
    expect((await training).content).toMatchObject({ status: "ok" });
    expect((await next).content).toMatchObject({ status: "ok" });
    const text = (await run("")).text + kernel.text().slice(shown);
    expect(text).toContain("GRU    stopped after ");
    expect(text).toContain("Interrupted: the training has stopped, and what it had is kept.\n");
    expect(text).toContain("stopped true\n");
    expect(text).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it("begins no further training of the cell, and keeps what it had", async () => {
    const shown = kernel.text().length;
    const training = kernel.execute(`const all = [];
for (const seed of [1, 2, 3]) all.push(await train({ ...${long}, seed }));`);
    const cancelled = kernel.execute("console.log('as if nothing had been');");
    await until(() => kernel.text().slice(shown).includes("nats per step"));
    await new Promise((done) => setTimeout(done, 600)); // sent long before the stop button
    kernel.process.kill("SIGINT");
    expect((await training).content).toMatchObject({ status: "error", evalue: "Interrupted." });
    expect((await cancelled).content).toMatchObject({ status: "aborted" });
    const { text } = await run("console.log(all.length, all[0].record.status, dataset.name);");
    expect(text).toContain("1 stopped synthetic\n");
    expect(kernel.text()).not.toContain("as if nothing had been");
  });

  it("drops a cell in which nothing trains when interrupted, in one line", async () => {
    const shown = kernel.text().length;
    const waiting = kernel.execute(`console.log("waits");
await new Promise((done) => setTimeout(done, 10 ** 8));`);
    await until(() => kernel.text().slice(shown).includes("waits"));
    kernel.process.kill("SIGINT");
    expect((await waiting).content).toMatchObject({ status: "error", traceback: ["Interrupted."] });
    const loop = kernel.execute(`console.log("loops"); for (;;);`);
    await until(() => kernel.text().slice(shown).includes("loops"));
    kernel.process.kill("SIGINT");
    expect((await loop).content).toMatchObject({ status: "error", traceback: ["Interrupted."] });
  });

  it("is busy until its last cell has ended, whatever else is asked", async () => {
    const from = kernel.published.length;
    const cells = [1, 2].map(() => kernel.execute("await new Promise((d) => setTimeout(d, 300));"));
    await kernel.ask();
    await Promise.all(cells);
    await kernel.ask();
    const states = kernel.published
      .slice(from)
      .flatMap(({ content, parent }) =>
        content.execution_state ? [`${parent.msg_type} ${content.execution_state}`] : [],
      );
    const last = states.lastIndexOf("execute_request idle");
    states.slice(0, last).forEach((state, i) => {
      if (state.endsWith("idle")) expect(states[i + 1]).toMatch(/busy/);
    });
    expect(states.slice(0, last).join()).toContain("kernel_info_request idle");
  });

  it("says in one line what a timer of no cell's threw, and lives", async () => {
    const { text } = await run(`setTimeout(() => { throw new TypeError("too late"); }, 1);
await new Promise((done) => setTimeout(done, 100));`);
    expect(text.trim()).toBe("TypeError: too late\n  at line 1 of the cell");
  });
});
