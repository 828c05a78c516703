import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryless } from "../../lib/cells/memoryless.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { openEngine } from "../../lib/engines/index.js";
import type { SweepPlan } from "../../lib/sweep/plan.js";
import { type RunRequest, startRun } from "../../lib/sweep/run-process.js";
import { type SweepOptions, sweep } from "../../lib/sweep/sweep.js";
import type { RunRecord } from "../../lib/train/record.js";
import { readRecord } from "../../lib/train/record-file.js";
import { train } from "../../lib/train/train.js";
import { webGpuBackend } from "../engines/available.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-side-by-side-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const found = await openEngine("webgpu", webGpuBackend).catch((error: Error) => {
  console.warn(`skipped: ${error.message}`);
});

const run = { epochs: 1, batchSize: 64, maxSteps: 24 };
const plan: SweepPlan = {
  data: ["synthetic"],
  cells: ["memoryless"],
  learningRates: 2,
  seed: 5,
  seeds: 1,
  run,
  medianRule: false,
};

/** What a run must reach again: everything but clocks. */
const outcome = ({ started: _, seconds: __, curve, ...rest }: RunRecord) => ({
  ...rest,
  curve: curve.map(({ seconds: _, cpuSeconds: __, ...p }) => p),
});

/** Whether two runs that may lie side by side share a process, which ends with them. */
async function samePidOfTwo(): Promise<boolean> {
  const request: RunRequest = {
    ...{
      data: "synthetic",
      cell: "memoryless",
      options: { ...run, learningRate: 0.001, seed: 1 },
      threads: 1,
    },
    ...{ engine: "webgpu", backend: webGpuBackend, sideBySide: 2 },
  };
  const two = [startRun(request, () => {}), startRun(request, () => {})];
  for (const { stop } of two) stop();
  const ends = await Promise.all(two.map(({ end }) => end));
  expect(ends.map((end) => end.kind === "record" && end.record.status)).toEqual([
    "stopped",
    "stopped",
  ]);
  return two[0].pid !== undefined && two[0].pid === two[1].pid;
}

describe.skipIf(!found)("a sweep on WebGPU", () => {
  it("trains all runs side by side in one process, stopped and begun again, to the bits of a run alone", async () => {
    const out = join(folder, "sweep");
    const controller = new AbortController();
    const problems: string[] = [];
    let most = 0;
    const options: SweepOptions = {
      ...{ plan, out, slots: 8, engine: "webgpu", backend: webGpuBackend, checkpointSeconds: 0 },
      onProblem: (problem) => problems.push(problem),
      onStatus: ({ active }) => {
        const moving = active.filter(({ progress }) => progress && progress.share > 0.1);
        most = Math.max(most, moving.length);
        if (moving.length === 2) controller.abort();
      },
    };
    expect((await sweep({ ...options, signal: controller.signal })).state).toBe("stopped");
    expect(most).toBe(2);
    expect(await samePidOfTwo()).toBe(true);
    expect((await sweep(options)).state).toBe("done");
    expect(problems).toEqual([]);

    const files = readdirSync(out).filter((name) => /-[0-9a-f]{16}\.json$/.test(name));
    const records = files.map((name) => readRecord(join(out, name)));
    expect(records).toHaveLength(2);
    const engine = await openEngine("webgpu", webGpuBackend);
    const [, second] = records;
    const { learningRate, seed } = second.configuration;
    const alone = await train({
      ...run,
      dataset: syntheticChorales(),
      cell: memoryless,
      learningRate,
      seed,
      engine,
    });
    expect(outcome(second)).toEqual(outcome(alone.record));
  }, 300_000);
});
