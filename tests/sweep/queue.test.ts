import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../lib/sweep/database.js";
import { openDatabase } from "../../lib/sweep/open-database.js";
import { type PlannedRun, presets } from "../../lib/sweep/plan.js";
import { thisProcess } from "../../lib/sweep/process-identity.js";
import { SweepQueue } from "../../lib/sweep/queue.js";
import type { RunRecord } from "../../lib/train/record.js";
import { encodeSafetensors } from "../../lib/train/safetensors.js";
import { madeUpRecord } from "../show/records.js";

let folder: string;
let database: Database;
let queue: SweepQueue;
let problems: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-queue-"));
  database = await openDatabase(join(folder, "database"), undefined, {
    onError: (error) => expect.fail(error.message),
  });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  problems = [];
  const onProblem = (problem: string) => problems.push(problem);
  queue = await SweepQueue.open(database, { retries: 2, silentLooks: 2, onProblem });
  await database.boss.deleteAllJobs("runs");
  await database.boss.deleteAllJobs("dead-runs");
  for (const table of ["run", "result", "active", "sweep"])
    await database.query(`delete from gated_rnn.${table}`);
});

/** Runs by a letter: their names are 16 hexadecimal digits. */
const run = (letter: string) => letter.repeat(16);
const record = (letter: string, status: RunRecord["status"] = "finished"): RunRecord => ({
  ...madeUpRecord("gru", { epochs: 2 }),
  id: run(letter),
  status,
});
const planned = (letter: string): PlannedRun => ({
  id: run(letter),
  configuration: record(letter).configuration,
  checksum: "c",
  version: "1",
});
const offer = (...letters: string[]) =>
  queue.offer(letters.map(planned), { priority: 0, anew: true });
const weights = encodeSafetensors({
  tensors: new Map([["W", { shape: [2], values: Float32Array.of(1, 2) }]]),
  metadata: {},
});
const progress = { share: 0.5, epoch: 1, seconds: 2, secondsLeft: 2, curve: [] };

async function take() {
  const job = await queue.take();
  if (!job) throw new Error("expected a job, got none");
  return job;
}

describe("a run", () => {
  it("is given out once, in order, however often it is offered", async () => {
    await offer("a", "b");
    await offer("b", "a");
    expect([(await take()).run.id, (await take()).run.id, await queue.take()]).toEqual([
      run("a"),
      run("b"),
      undefined,
    ]);
  });

  it("of a later stage goes before those that wait", async () => {
    await offer("a");
    await queue.offer([planned("b")], { priority: 1, anew: true });
    expect((await take()).run.id).toBe(run("b"));
  });

  it("with a result is not given out, even when it was thought lost", async () => {
    await offer("a");
    const slow = await take();
    await database.boss.fail("runs", slow.id); // as the monitor does with a worker that is silent
    await queue.finish(slow, record("a"), weights);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // the retry is due
    expect(await queue.take()).toBeUndefined();
    expect(await queue.results()).toHaveLength(1);
  });

  it("is tried again after a failure, and dead after its last try with the reason kept", async () => {
    await offer("a");
    for (let tries = 0; tries < 3; tries++) {
      const job = await waitFor(() => queue.take());
      expect(job.retryCount).toBe(tries);
      await queue.fail(job, `out of luck ${tries}`);
    }
    expect(await queue.dead()).toEqual([{ run: run("a"), problem: "out of luck 2" }]);
    expect(await queue.take()).toBeUndefined();
    await queue.retryDead();
    expect((await take()).retryCount).toBe(0);
    expect(await queue.dead()).toEqual([]);
  }, 30_000);

  it("that is given back has all its tries again", async () => {
    await offer("a");
    for (let i = 0; i < 5; i++) await queue.release(await take());
    expect((await take()).retryCount).toBe(0);
    expect(await queue.dead()).toEqual([]);
  });
});

describe("a result", () => {
  it("is there once, the first that came, with its weights", async () => {
    await offer("a");
    const job = await take();
    await queue.finish(job, record("a"), weights);
    await queue.finish(job, { ...record("a"), seconds: 99 }, Uint8Array.of(9));
    const [first, ...more] = await queue.results();
    expect(first).toEqual(record("a"));
    expect(more).toEqual([]);
    expect(Buffer.from((await queue.weights(run("a"))) ?? [])).toEqual(Buffer.from(weights));
    expect(await queue.results([run("a")])).toEqual([]);
    expect(await queue.active()).toEqual([]);
  });

  it("and the end of its job are one: neither is there when the transaction fails", async () => {
    await offer("a");
    const job = await take();
    const nameless = { ...record("a"), id: null as unknown as string };
    await expect(queue.finish(job, nameless, weights)).rejects.toThrow();
    expect(await queue.results()).toEqual([]);
    expect(await queue.touch(new Map([[job, {}]]))).toEqual([]); // still ours
  });

  it("that the median rule cut short counts for a plan with the rule, and is done anew for one without", async () => {
    await offer("a");
    await queue.finish(await take(), record("a", "pruned"), weights);
    expect(await queue.offer([planned("a")], { priority: 0, anew: false })).toEqual([]);
    expect(await queue.take()).toBeUndefined();
    expect(await queue.offer([planned("a")], { priority: 0, anew: true })).toEqual([run("a")]);
    expect((await take()).run.id).toBe(run("a"));
    expect(await queue.results()).toEqual([]);
  });
});

describe("a worker", () => {
  it("learns by its heartbeat that its run has become another's, and cannot give it back or fail it", async () => {
    await offer("a");
    const job = await take();
    expect(await queue.touch(new Map([[job, progress]]))).toEqual([]);
    expect(await queue.active()).toMatchObject([
      { run: { id: run("a") }, host: hostname(), pid: process.pid, progress },
    ]);
    await database.boss.fail("runs", job.id);
    const other = await waitFor(() => queue.take());
    expect(await queue.touch(new Map([[job, {}]]))).toEqual([job]);
    await queue.release(job);
    await queue.fail(job, "stale");
    expect(await queue.take()).toBeUndefined();
    expect(await queue.touch(new Map([[other, {}]]))).toEqual([]);
  });

  it("that died leaves its run to the next one at once, its tries untouched", async () => {
    await offer("a");
    await take();
    expect(await queue.releaseOrphans()).toBe(1);
    expect((await take()).retryCount).toBe(0);
  });
});

describe("a clock", () => {
  const columns = ["start_after", "created_on", "started_on", "heartbeat_on", "keep_until"];
  /** As it looks in the database when the clock was set back after the jobs were written, or (negative) forward. */
  const setBack = (hours: number) =>
    database.query(
      `update gated_rnn_queue.job set ${columns.map((c) => `${c} = ${c} + interval '${hours} hours'`).join()}`,
    );

  it.each([3, -3, 400_000, -400_000])(
    "that was set back by %i hours keeps nothing from being done",
    async (hours) => {
      await offer("a", "b", "c");
      const active = await take();
      await queue.fail(await take(), "out of luck");
      await setBack(hours);
      await offer("d");
      const names = new Set<string>();
      for (let i = 0; i < 3; i++) names.add((await take()).run.id);
      expect(names).toEqual(new Set([run("b"), run("c"), run("d")]));
      expect(await queue.touch(new Map([[active, progress]]))).toEqual([]); // still ours, however long its clock says
      expect(await queue.releaseSilent()).toBe(0);
      await queue.finish(active, record("a"), weights);
      expect(await queue.results()).toHaveLength(1);
    },
  );

  it("lets a failed run wait for its next try all the same", async () => {
    await offer("a");
    await queue.fail(await take(), "out of luck");
    expect(await queue.take()).toBeUndefined();
  });
});

describe("a supervisor elsewhere", () => {
  it("that gives no sign of life for so many looks loses its runs, a try with each", async () => {
    await offer("a", "b");
    const [a, b] = [await take(), await take()];
    expect(await queue.releaseSilent()).toBe(0);
    for (let look = 0; look < 2; look++) {
      await queue.touch(new Map([[b, progress]]));
      expect(await queue.releaseSilent()).toBe(look);
    }
    expect(await queue.touch(new Map([[a, progress]]))).toEqual([a]);
    const again = await waitFor(() => queue.take());
    expect([again.run.id, again.retryCount]).toEqual([run("a"), 1]);
  });

  it("is alive, dead or unknown by more than its number", async () => {
    const { exclusive } = database;
    const shared = { ...database, exclusive: false };
    const other = await SweepQueue.open(shared, { retries: 2, silentLooks: 2 });
    await offer("a");
    await take();
    expect(exclusive).toBe(true);
    expect(await other.releaseOrphans()).toBe(0);
    const became = (change: object) =>
      database.query("update gated_rnn.active set process = $1", [
        JSON.stringify({ ...thisProcess(), ...change }),
      ]);
    await became({ boot: "another" });
    expect(await other.releaseOrphans()).toBe(0);
    await became({ began: "1" });
    expect(await other.releaseOrphans()).toBe(1);
    expect((await take()).retryCount).toBe(0);
  });
});

describe("rows that others wrote", () => {
  const evil = { ...planned("a"), id: "../../../etc/evil" };
  const sql = (text: string, ...values: unknown[]) => database.query(text, values);

  it("a job that leads out of the folder is not taken, and does not stop the others", async () => {
    await database.boss.insert("runs", [{ data: evil }, { data: [] }, { data: { id: 7 } }]);
    await offer("b");
    expect((await take()).run.id).toBe(run("b"));
    expect(await queue.take()).toBeUndefined();
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(
      /^.*database: job [0-9a-f-]{36}: expected what gated-rnn writes, got no valid "id" \(.*\); left out \(1 so far\)$/,
    );
  });

  it.each([
    ["no record at all", { schema: "gated-rnn/run/1" }],
    ["a name with a path in it", { ...record("a"), id: "../../aaaaaaaa" }],
    ["another run's record", record("b")],
    ["text for a number", { ...record("a"), seconds: "long" }],
    [
      "a number that is none",
      JSON.stringify(record("a")).replace(/"seconds":[^,]+/, '"seconds":1e999'),
    ],
    [
      "a control character in a name",
      { ...record("a"), configuration: { ...record("a").configuration, data: "\u0000" } },
    ],
  ])("a result that is %s is left out, told of once, and made again", async (_, bad) => {
    await offer("c");
    await queue.finish(await take(), record("c"), weights);
    await offer("a");
    const job = await take();
    await sql("delete from gated_rnn.active"); // the job is nobody's now
    expect(job.run).toEqual(planned("a"));
    await sql(
      "insert into gated_rnn.result (run, record, weights) values ($1, $2, $3)",
      run("a"),
      typeof bad === "string" ? bad : JSON.stringify(bad),
      weights,
    );
    for (let look = 0; look < 2; look++)
      expect((await queue.results()).map(({ id }) => id)).toEqual([run("c")]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`result ${run("a")}: expected what gated-rnn writes`);
    await queue.mend([planned("a")]);
    const again = await take();
    expect(again.run).toEqual(planned("a"));
    await queue.finish(again, record("a"), weights);
    expect(await queue.results()).toHaveLength(2);
  });

  it("plans, runs at work, dead runs and weights that are none are left out", async () => {
    await queue.register(presets.paper);
    await sql(
      "insert into gated_rnn.sweep (id, plan) values ('x', $1)",
      JSON.stringify({ data: "<img>" }),
    );
    expect(await queue.plans()).toEqual([presets.paper]);
    await offer("a", "b");
    await take();
    await sql("update gated_rnn.run set task = $2 where id = $1", run("a"), JSON.stringify(evil));
    expect(await queue.active()).toEqual([]);
    expect(await queue.releaseOrphans()).toBe(1);
    await database.boss.insert("dead-runs", [{ data: { id: "__proto__" } }, { data: [] }]);
    expect(await queue.dead()).toEqual([]);
    await queue.finish(await take(), record("b"), Uint8Array.of(1, 2, 3));
    expect(await queue.weights(run("b"))).toBeUndefined();
    expect(problems).toHaveLength(6);
  });
});

it("a run whose job has vanished is offered again, and none that is waiting, at work, dead or done", async () => {
  await offer("a", "b", "c");
  const atWork = await take();
  await queue.finish(await take(), record("b"), weights);
  await database.query("delete from gated_rnn_queue.job where data->>'id' = $1", [run("c")]);
  const all = ["a", "b", "c"].map(planned);
  await queue.mend(all);
  await queue.mend(all);
  expect((await take()).run.id).toBe(run("c"));
  expect(await queue.take()).toBeUndefined();
  expect(await queue.touch(new Map([[atWork, progress]]))).toEqual([]);
});

it("a plan is kept once", async () => {
  await queue.register(presets.paper);
  await queue.register(presets.paper);
  expect(await queue.plans()).toEqual([presets.paper]);
});

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
