import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SweepPlan } from "../../lib/sweep/plan.js";
import { readRecords } from "../../lib/sweep/records.js";
import { type SweepOptions, sweep } from "../../lib/sweep/sweep.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-restart-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plan: SweepPlan = {
  data: ["synthetic"],
  cells: ["gru"],
  learningRates: 2,
  seed: 3,
  seeds: 1,
  run: { epochs: 25, batchSize: 20 }, // long enough to be stopped in, on a fast machine too
  medianRule: false,
};
const options: SweepOptions = { plan, out: "", slots: 1, checkpointSeconds: 0 };

/** A sweep that is stopped once its first run has come so far that it has a checkpoint. */
async function stopped(out: string): Promise<string> {
  const controller = new AbortController();
  await sweep({
    ...options,
    out,
    signal: controller.signal,
    onStatus: ({ active }) => {
      if (active.some(({ progress }) => progress)) controller.abort();
    },
  });
  const [name] = readdirSync(join(out, "checkpoints"));
  return join(out, "checkpoints", name);
}

const results = (out: string) =>
  readRecords(out).map(({ id, results, bestEpoch }) => ({ id, results, bestEpoch }));

it("a run whose checkpoint is damaged begins again with a warning, and the sweep goes on to the same results", async () => {
  const out = join(folder, "damaged");
  const file = await stopped(out);
  const bytes = readFileSync(file);
  bytes[bytes.length - 100] ^= 4;
  writeFileSync(file, bytes);
  const problems: string[] = [];
  const onProblem = (problem: string) => problems.push(problem);
  const { state } = await sweep({ ...options, out, onProblem });
  expect(state).toBe("done");
  expect(problems).toEqual([
    expect.stringMatching(
      /^run gru on synthetic begins again: .*\.safetensors: at byte 8: expected content of checksum [0-9a-f]{8}, got [0-9a-f]{8}: it was damaged; remove it, or give --restart, to begin the run again$/,
    ),
  ]);
  const undisturbed = join(folder, "undisturbed");
  await sweep({ ...options, out: undisturbed });
  expect(results(out)).toEqual(results(undisturbed));
});

it("restarted, a sweep begins all runs again, and keeps the former database", async () => {
  await sweep({ ...options, out: folder });
  const first = results(folder);
  let runs = 0;
  const onRecord = () => runs++;
  await sweep({ ...options, out: folder, onRecord });
  expect(runs).toBe(0);
  await sweep({ ...options, out: folder, onRecord, restart: true });
  expect(runs).toBe(2);
  expect(results(folder)).toEqual(first);
  expect(readdirSync(folder).filter((name) => name.startsWith("database")).length).toBe(2);
  const elsewhere = sweep({ ...options, out: folder, restart: true, db: "postgres://me@x/y" });
  await expect(elsewhere).rejects.toThrow("sweep: expected --restart for the embedded database");
});
