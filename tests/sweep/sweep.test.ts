import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { presets, type SweepPlan } from "../../lib/sweep/plan.js";
import { sweepStatus } from "../../lib/sweep/status.js";
import { type SweepOptions, sweep } from "../../lib/sweep/sweep.js";
import { learningRateCandidates } from "../../lib/train/learning-rates.js";
import type { RunRecord } from "../../lib/train/record.js";
import { readRecord } from "../../lib/train/record-file.js";
import { train } from "../../lib/train/train.js";
import { readWeights } from "../../lib/train/weights.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-sweep-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const plan: SweepPlan = {
  data: ["synthetic"],
  cells: ["gru"],
  learningRates: 2,
  seed: 5,
  seeds: 2,
  run: { epochs: 40, batchSize: 16 },
  medianRule: false,
};

/** What a run must reach again: everything but clocks. */
const outcome = ({ started: _, seconds: __, curve, ...rest }: RunRecord) => ({
  ...rest,
  curve: curve.map(({ seconds: _, cpuSeconds: __, ...p }) => p),
});

const recordFiles = (out: string) =>
  readdirSync(out).filter((name) => /-[0-9a-f]{16}\.json$/.test(name));

it("a sweep that is stopped again and again ends with the records that undisturbed runs have", async () => {
  const out = join(folder, "stopped");
  const problems: string[] = [];
  const options: SweepOptions = {
    plan,
    out,
    slots: 2,
    onProblem: (problem) => problems.push(problem),
  };
  let sittings = 0;
  for (let state = "stopped"; state !== "done"; sittings++) {
    const controller = new AbortController();
    const onStatus: SweepOptions["onStatus"] = ({ active }) => {
      if (sittings < 2 && active.some(({ progress }) => progress && progress.share > 0.05))
        controller.abort();
    };
    ({ state } = await sweep({ ...options, signal: controller.signal, onStatus }));
    expect(sittings).toBeLessThan(20);
  }
  expect(sittings).toBeGreaterThan(1);
  expect(problems).toEqual([]);

  const records = recordFiles(out).map((name) => readRecord(join(out, name)));
  expect(records).toHaveLength(3);
  const rates = learningRateCandidates(2, 5);
  const undisturbed: RunRecord[] = [];
  const run = async (learningRate: number, seed: number) => {
    const { record, parameters } = await train({
      ...plan.run,
      dataset: syntheticChorales(),
      cell: gru,
      learningRate,
      seed,
    } as Parameters<typeof train>[0]);
    undisturbed.push(record);
    const written = records.find(({ id }) => id === record.id);
    expect(written && outcome(written)).toEqual(outcome(record));
    expect(readWeights(join(out, `synthetic-gru-${record.id}.safetensors`)).parameters).toEqual(
      parameters,
    );
  };
  for (const rate of rates) await run(rate, 5);
  const [best] = [...undisturbed].sort(
    (a, b) => a.results.valid.nllPerStep - b.results.valid.nllPerStep,
  );
  await run(best.configuration.learningRate, 6);

  const summary = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
  expect(summary.runs).toEqual({ done: 3, total: 3 });
  expect(summary.rows[0].chosen.run).toBe(best.id);
  const [a, b] = [best, undisturbed[2]].map(({ results }) => results.test.nllPerStep);
  expect(summary.rows[0].spread.test.mean).toBeCloseTo((a + b) / 2, 12);
  expect(summary.rows[0].spread.test.standardDeviation).toBeCloseTo(
    Math.abs(a - b) / Math.SQRT2,
    12,
  );
  expect(
    sweepStatus.parse(JSON.parse(readFileSync(join(out, "status.json"), "utf8"))),
  ).toMatchObject({ state: "done", secondsLeft: 0 });
});

it("a finished sweep does nothing, but writes what is missing in its folder from its database", async () => {
  const out = join(folder, "stopped");
  const before = new Map(
    readdirSync(out).map((name) => [
      name,
      /-[0-9a-f]{16}\./.test(name) ? readFileSync(join(out, name), "hex") : "",
    ]),
  );
  const [first] = recordFiles(out);
  rmSync(join(out, first));
  rmSync(join(out, first.replace("json", "safetensors")));
  mkdirSync(join(out, "checkpoints"), { recursive: true });
  writeFileSync(
    join(out, "checkpoints", `${first.slice(-21, -5)}.safetensors`),
    "of a process that was thought lost",
  );
  let runs = 0;
  await sweep({ plan, out, slots: 1, onRecord: () => runs++ });
  expect(runs).toBe(0);
  for (const [name, contents] of before)
    if (contents) expect(readFileSync(join(out, name), "hex"), name).toBe(contents);
  expect(readdirSync(join(out, "checkpoints"))).toEqual([]);
});

it("a sweep whose database is damaged says so, and goes on from its records in a new one", async () => {
  const out = join(folder, "stopped");
  const [kept, lost, cut] = recordFiles(out);
  truncateSync(join(out, "database", "global", "pg_control"), 100);
  truncateSync(join(out, "database", "PG_VERSION"));
  await expect(sweep({ plan, out, slots: 1 })).rejects.toMatchObject({
    code: "database",
    message: expect.stringMatching(
      /database: expected to use the sweep's database, got .*; if it is damaged: .* --rebuild makes the database anew from the records in .*stopped$/,
    ),
  });
  rmSync(join(out, lost));
  truncateSync(join(out, cut), 500);
  const before = readFileSync(join(out, kept), "hex");
  const trained: string[] = [];
  const problems: string[] = [];
  const { state, summaries } = await sweep({
    plan,
    out,
    slots: 2,
    rebuild: true,
    onRecord: ({ id }) => trained.push(id),
    onProblem: (problem) => problems.push(problem),
  });
  expect(state).toBe("done");
  expect(summaries[0].runs).toEqual({ done: 3, total: 3 });
  expect(trained.sort()).toEqual([lost, cut].map((name) => name.slice(-21, -5)).sort());
  expect(readFileSync(join(out, kept), "hex")).toBe(before);
  expect(recordFiles(out).map((name) => readRecord(join(out, name)).id)).toHaveLength(3);
  expect(problems).toEqual([
    expect.stringContaining(cut),
    `${out}: 1 results taken over into a new database`,
  ]);
  expect(readdirSync(out)).toContain("database.damaged-1");
  for (const name of recordFiles(out)) rmSync(join(out, name.replace(/json$/, "safetensors")));
  const recordsAlone = await sweep({
    plan,
    out,
    slots: 1,
    rebuild: true,
    onRecord: ({ id }) => trained.push(id),
    onProblem: (problem) => problems.push(problem),
  });
  expect(recordsAlone.summaries).toEqual(summaries);
  expect(trained).toHaveLength(2);
  expect(problems.at(-1)).toBe(
    `${out}: 3 results taken over into a new database, 3 of them without their weights`,
  );
  const db = "postgres://127.0.0.1:1/none";
  await expect(sweep({ plan, out, db, slots: 1, rebuild: true })).rejects.toThrow(
    "expected --rebuild for the embedded database",
  );
});

it("a budget of time ends a sweep as a stop does", async () => {
  const { state, summaries } = await sweep({
    plan: { ...plan, run: { epochs: 100_000 } },
    out: join(folder, "budget"),
    slots: 1,
    budgetSeconds: 2,
  });
  expect(state).toBe("stopped");
  expect(summaries[0].runs).toEqual({ done: 0, total: 3 });
});

it("given rates are tried instead of drawn ones, each once, and the plan says how many", async () => {
  const rates = [0.004, 0.002, 0.004];
  const given = { ...plan, rates, learningRates: 7, seeds: 1, run: { epochs: 1, batchSize: 16 } };
  const { summaries } = await sweep({ plan: given, out: join(folder, "given"), slots: 2 });
  expect(summaries[0].rows[0].candidates.map(({ learningRate }) => learningRate)).toEqual([
    0.004, 0.002,
  ]);
  expect(summaries[0].plan.learningRates).toBe(2);
}, 60_000);

it("the presets are the paper's three units, ten learning rates and three seeds, with nothing given up early", () => {
  expect(presets.paper).toEqual({
    data: ["jsb", "nottingham", "musedata", "piano-midi", "speech-a", "speech-b"],
    cells: ["tanh", "gru", "lstm"],
    learningRates: 10,
    seed: 1,
    seeds: 3,
    run: {},
    medianRule: false,
  });
  expect([...presets["paper-music"].data, ...presets["paper-speech"].data]).toEqual(
    presets.paper.data,
  );
  expect(presets["paper-music"]).toMatchObject({ finalists: 3, rateSeeds: 3, seeds: 10 });
});

it.each([
  [{ data: ["bach"] }, "data: expected one of"],
  [{ data: [] }, "sweep: data: "],
  [{ cells: ["gruu"] }, "cell: expected one of tanh, gru, lstm, "],
  [{ rateSeeds: 3 }, "sweep: rateSeeds: expected at most 2, the number of seeds, got 3"],
  [{ learningRates: 0 }, "sweep: learningRates: "],
  [{ rates: [1e-3, 0] }, "sweep: rates"],
  [{ run: { epochs: 0 } }, "sweep: run.epochs: "],
  [{ rounds: 3 }, "rounds"],
])("a plan with %o is refused in one line before anything is written", async (mistake, message) => {
  const out = join(folder, "mistaken");
  await expect(sweep({ plan: { ...plan, ...mistake }, out, slots: 1 })).rejects.toThrow(message);
  expect(readdirSync(folder)).not.toContain("mistaken");
});

it("an unreachable database is named without its password", async () => {
  const db = "postgres://me:secret@127.0.0.1:1/none";
  await expect(sweep({ plan, out: join(folder, "mistaken"), db, slots: 1 })).rejects.toThrow(
    "postgres://me@127.0.0.1:1/none: expected to open the sweep's database, got connect ECONNREFUSED 127.0.0.1:1; check that it runs",
  );
  expect(readdirSync(folder)).not.toContain("mistaken");
});
