import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../lib/sweep/database.js";
import { type PlannedRun, presets } from "../../lib/sweep/plan.js";
import { SweepQueue } from "../../lib/sweep/queue.js";
import type { RunRecord } from "../../lib/train/record.js";
import { madeUpRecord } from "../show/records.js";

let folder: string;
let database: Database;
let queue: SweepQueue;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-queue-"));
  database = await openDatabase(join(folder, "database"), undefined, {
    onError: (error) => expect.fail(error.message),
  });
  queue = await SweepQueue.open(database, { retries: 2, heartbeatSeconds: 10 });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await database.boss.deleteAllJobs("runs");
  await database.boss.deleteAllJobs("dead-runs");
  for (const table of ["run", "result", "active", "sweep"])
    await database.query(`delete from gated_rnn.${table}`);
});

const record = (id: string, status: RunRecord["status"] = "finished"): RunRecord => ({
  ...madeUpRecord("gru", { epochs: 2 }),
  id,
  status,
});
const planned = (id: string): PlannedRun => ({
  id,
  configuration: record(id).configuration,
  checksum: "c",
  version: "1",
});
const offer = (...ids: string[]) => queue.offer(ids.map(planned), { priority: 0, anew: true });
const weights = Uint8Array.of(1, 2, 3);

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
      "a",
      "b",
      undefined,
    ]);
  });

  it("of a later stage goes before those that wait", async () => {
    await offer("a");
    await queue.offer([planned("b")], { priority: 1, anew: true });
    expect((await take()).run.id).toBe("b");
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
    expect(await queue.dead()).toEqual([{ run: "a", problem: "out of luck 2" }]);
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
    expect([...((await queue.weights("a")) ?? [])]).toEqual([1, 2, 3]);
    expect(await queue.results(["a"])).toEqual([]);
    expect(await queue.active()).toEqual([]);
  });

  it("and the end of its job are one: neither is there when the transaction fails", async () => {
    await offer("a");
    const job = await take();
    await expect(queue.finish(job, record("a"), null as unknown as Uint8Array)).rejects.toThrow();
    expect(await queue.results()).toEqual([]);
    expect(await queue.touch(new Map([[job, {}]]))).toEqual([]); // still ours
  });

  it("that the median rule cut short counts for a plan with the rule, and is done anew for one without", async () => {
    await offer("a");
    await queue.finish(await take(), record("a", "pruned"), weights);
    expect(await queue.offer([planned("a")], { priority: 0, anew: false })).toEqual([]);
    expect(await queue.take()).toBeUndefined();
    expect(await queue.offer([planned("a")], { priority: 0, anew: true })).toEqual(["a"]);
    expect((await take()).run.id).toBe("a");
    expect(await queue.results()).toEqual([]);
  });
});

describe("a worker", () => {
  it("learns by its heartbeat that its run has become another's, and cannot give it back or fail it", async () => {
    await offer("a");
    const job = await take();
    expect(await queue.touch(new Map([[job, { share: 0.5 }]]))).toEqual([]);
    expect(await queue.active()).toMatchObject([
      { run: { id: "a" }, host: hostname(), pid: process.pid, progress: { share: 0.5 } },
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
