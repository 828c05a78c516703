import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { sequenceTask, textTask } from "../../lib/index.js";
import { sweepData, taskOfRun } from "../../lib/sweep/data.js";
import type { SweepPlan } from "../../lib/sweep/plan.js";
import { sweepStatus } from "../../lib/sweep/status.js";
import { sweep } from "../../lib/sweep/sweep.js";
import { taskOf } from "../../lib/tasks/index.js";
import { readRecord } from "../../lib/train/record-file.js";
import { train } from "../../lib/train/train.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-sweep-own-"));
  mkdirSync(join(folder, "series"));
  for (let i = 0; i < 10; i++) {
    const rows = Array.from({ length: 9 }, (_, t) => `${t},${Math.sin(t + i)}\n`);
    writeFileSync(join(folder, "series", `${i}.csv`), `t,x\n${rows.join("")}`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const plan = (more: Partial<SweepPlan>): SweepPlan => ({
  data: ["waves"],
  cells: ["gru"],
  learningRates: 1,
  seed: 1,
  seeds: 1,
  run: { epochs: 2 },
  medianRule: false,
  ...more,
});
const waves = sequenceTask({
  name: "waves",
  sequences: Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 30 }, (_, t) => Math.sin(0.4 * t + i)),
  ),
});
const recordsIn = (out: string) =>
  readdirSync(out)
    .filter((name) => /-[0-9a-f]{16}\.json$/.test(name))
    .map((name) => readRecord(join(out, name)));

it("a sweep trains tasks of plain data to the bits that train reaches", async () => {
  const out = join(folder, "tasks");
  const { state, summaries } = await sweep({ plan: plan({}), tasks: [waves], out, slots: 1 });
  expect(state).toBe("done");
  expect(summaries[0].rows).toMatchObject([{ data: "waves", cell: "gru" }]);
  const [record] = recordsIn(out);
  const { learningRate } = record.configuration;
  const alone = await train({ task: waves, cell: gru, epochs: 2, learningRate });
  expect(record.id).toBe(alone.record.id);
  expect(record.results).toEqual(alone.record.results);
  expect(record.data).toMatchObject({ name: "waves", task: { kind: "values" } });
  expect(
    sweepStatus.parse(JSON.parse(readFileSync(join(out, "status.json"), "utf8"))).groups[0].data,
  ).toBe("waves");
});

it("a sweep follows a path of its own plan, and reads it as it is asked to", async () => {
  const out = join(folder, "paths");
  const data = [join(folder, "series")];
  const reading = { target: ["x"], input: ["t"] };
  await sweep({ plan: plan({ data, reading }), out, slots: 1 });
  const [record] = recordsIn(out);
  expect(record.data).toMatchObject({ name: "series", task: { inputSize: 1, targetSize: 1 } });
});

describe("data of a plan", () => {
  it("of somebody else are not followed into this machine's files", async () => {
    const open = sweepData({}).open(join(folder, "series"));
    await expect(open).rejects.toThrow(/expected data of jsb, .* or such as were given here, got/);
  });

  it("of one name must be the same", async () => {
    const twin = join(folder, "waves.txt");
    writeFileSync(twin, "up and down ".repeat(30));
    const data = sweepData({ paths: [twin], tasks: [waves] });
    await data.open("waves");
    await expect(data.open(twin)).rejects.toThrow(/different names, got waves and .*waves\.txt/);
  });

  it("that no other process can make again are refused", async () => {
    const { source: _, ...bare } = waves;
    const open = sweepData({ tasks: [bare] }).open("waves");
    await expect(open).rejects.toThrow("expected tasks that another process can make again");
  });

  it.each([
    ["sequences", waves],
    ["text", textTask("to be or not to be ".repeat(20))],
    ["music", taskOf(syntheticChorales())],
  ])("are the same in the run's own process: %s", async (_, task) => {
    const { from } = await sweepData({ tasks: [task] }).open(task.name);
    const again = await taskOfRun(structuredClone(from));
    expect(again.checksum).toBe(task.checksum);
    const options = { batchSize: 3, maxSteps: 50, seed: 1, epoch: 1 };
    expect([...again.epoch(options).batches]).toEqual([...task.epoch(options).batches]);
  });
});
