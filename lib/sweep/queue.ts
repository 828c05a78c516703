import { hostname } from "node:os";
import type { Db } from "pg-boss" with { "resolution-mode": "import" };
import { z } from "zod";
import { type RunRecord, runRecord } from "../train/record.js";
import type { Database } from "./database.js";
import { isAlive } from "./folder-lock.js";
import {
  type DeadRun,
  type PlannedRun,
  planId,
  plannedRun,
  type SweepPlan,
  sweepPlan,
} from "./plan.js";

const runs = "runs";
const dead = "dead-runs";

/** Longer than any sweep waits, in seconds. */
const forEver = 20 * 365 * 86_400;

/** A run in hand. The attempt is fenced: once the job is another's, settling it has no effect. */
export interface Job {
  readonly id: string;
  readonly retryCount: number;
  readonly run: PlannedRun;
}

export interface QueueOptions {
  /** How often a run whose process dies, or whose supervisor falls silent, is tried again. */
  readonly retries: number;
  /** A supervisor that is silent for so long has lost its runs; at least 10. */
  readonly heartbeatSeconds: number;
}

/** A run in progress somewhere, as its supervisor last told. */
export interface ActiveRun {
  readonly run: PlannedRun;
  readonly host: string;
  readonly pid: number;
  readonly progress: unknown;
}

const tables = `
  create schema if not exists gated_rnn;
  create table if not exists gated_rnn.sweep (id text primary key, plan json not null, created timestamptz not null default now());
  create table if not exists gated_rnn.run (id text primary key, task json not null);
  create table if not exists gated_rnn.result
    (run text primary key, record json not null, weights bytea not null, finished timestamptz not null default now());
  create table if not exists gated_rnn.active
    (run text primary key, job uuid not null, attempt int not null, host text not null, pid int not null, progress json);`;

/**
 * A sweep's runs and results in its database. Execution is at least once: a run whose worker dies is given out again. Results are
 * exactly once: the run's id is their key, and a result and the end of its job are one transaction.
 */
export class SweepQueue {
  private constructor(
    private readonly database: Database,
    private readonly options: QueueOptions,
  ) {}

  static async open(database: Database, options: QueueOptions): Promise<SweepQueue> {
    await database.transaction(async (db) => {
      await db.executeSql("select pg_advisory_xact_lock(1412, 3555)"); // two supervisors at once would trip over each other
      await db.executeSql(tables);
    });
    const lasting = { retentionSeconds: forEver, deleteAfterSeconds: 0 };
    await database.patiently(() => database.boss.createQueue(dead, lasting));
    await database.patiently(() =>
      database.boss.createQueue(runs, { ...lasting, deadLetter: dead }),
    );
    return new SweepQueue(database, options);
  }

  async register(plan: SweepPlan): Promise<void> {
    await this.database.query(
      "insert into gated_rnn.sweep (id, plan) values ($1, $2) on conflict do nothing",
      [planId(plan), JSON.stringify(plan)],
    );
  }

  async plans(): Promise<SweepPlan[]> {
    const rows = await this.database.query<{ plan: unknown }>(
      "select plan from gated_rnn.sweep order by created, id",
    );
    return rows.map(({ plan }) => sweepPlan.parse(plan));
  }

  /** Puts runs into the queue that were never there. `anew` forgets results that the median rule cut short, and returns whose. */
  async offer(
    planned: readonly PlannedRun[],
    { priority, anew }: { readonly priority: number; readonly anew: boolean },
  ): Promise<string[]> {
    if (planned.length === 0) return [];
    const ids = planned.map(({ id }) => id);
    return this.database.transaction(async (db) => {
      const fresh = await db.executeSql(
        `insert into gated_rnn.run (id, task) select * from unnest($1::text[], $2::json[]) on conflict do nothing returning id`,
        [ids, planned.map((run) => JSON.stringify(run))],
      );
      const again = anew
        ? await db.executeSql(
            "delete from gated_rnn.result where run = any($1) and record->>'status' = 'pruned' returning run as id",
            [ids],
          )
        : { rows: [] };
      const wanted = new Set([...fresh.rows, ...again.rows].map(({ id }: { id: string }) => id));
      await this.insert(
        planned.filter(({ id }) => wanted.has(id)),
        priority,
        db,
      );
      return again.rows.map(({ id }: { id: string }) => id);
    });
  }

  /** Takes a run, if there is one. */
  async take(): Promise<Job | undefined> {
    return this.database.transaction(async (db) => {
      for (;;) {
        const [job] = await this.database.boss.fetch<PlannedRun>(runs, {
          includeMetadata: true,
          db,
        });
        if (!job) return undefined;
        const run = plannedRun.parse(job.data);
        const { rows } = await db.executeSql("select 1 from gated_rnn.result where run = $1", [
          run.id,
        ]);
        if (rows.length === 0) {
          await db.executeSql(
            `insert into gated_rnn.active (run, job, attempt, host, pid) values ($1, $2, $3, $4, $5) on conflict (run) do update
             set job = excluded.job, attempt = excluded.attempt, host = excluded.host, pid = excluded.pid, progress = null`,
            [run.id, job.id, job.retryCount, hostname(), process.pid],
          );
          return { id: job.id, retryCount: job.retryCount, run };
        }
        await this.database.boss.complete(runs, attempt(job), null, { db }); // its result came from a worker that was thought lost
      }
    });
  }

  /** Says that runs are still being worked on, and how far they are. Returns those that have become another's. */
  async touch(jobs: ReadonlyMap<Job, unknown>): Promise<Job[]> {
    if (jobs.size === 0) return [];
    return this.database.transaction(async (db) => {
      const lost: Job[] = [];
      for (const [job, progress] of jobs) {
        if (affected(await this.database.boss.touch(runs, attempt(job), { db })) === 0)
          lost.push(job);
        else
          await db.executeSql(
            "update gated_rnn.active set progress = $3 where run = $1 and job = $2",
            [job.run.id, job.id, JSON.stringify(progress)],
          );
      }
      return lost;
    });
  }

  /** A result and the end of its job, both or neither; a result that is there already stays. */
  async finish(job: Job, record: RunRecord, weights: Uint8Array): Promise<void> {
    await this.database.transaction(async (db) => {
      await db.executeSql(
        "insert into gated_rnn.result (run, record, weights) values ($1, $2, $3) on conflict do nothing",
        [job.run.id, JSON.stringify(record), Buffer.from(weights)],
      );
      await this.database.boss.complete(runs, attempt(job), null, { db });
      await this.forget(job, db);
    });
  }

  /** Gives a run back that was stopped through no fault of its own: its tries start anew. */
  async release(job: Job): Promise<void> {
    await this.database.transaction(async (db) => {
      if (affected(await this.database.boss.complete(runs, attempt(job), null, { db })) === 1)
        await this.insert([job.run], urgent, db);
      await this.forget(job, db);
    });
  }

  /** A run whose process failed: it is tried again after a while, or is dead after its last try. */
  async fail(job: Job, problem: string): Promise<void> {
    await this.database.transaction(async (db) => {
      await this.database.boss.fail(runs, attempt(job), { message: problem }, { db });
      await this.forget(job, db);
    });
  }

  /** Gives back what supervisors had in hand that are surely dead: those of this machine, or all when nobody else can be there. */
  async releaseOrphans(): Promise<number> {
    const active = await this.database.query<{
      job: string;
      attempt: number;
      host: string;
      pid: number;
      task: unknown;
    }>("select job, attempt, host, pid, task from gated_rnn.active join gated_rnn.run on id = run");
    const orphans = active.filter((row) => this.database.exclusive || !isAlive(row));
    for (const { job, attempt, task } of orphans)
      await this.release({ id: job, retryCount: attempt, run: plannedRun.parse(task) });
    return orphans.length;
  }

  /** Records of finished runs, apart from those known already. */
  async results(known: Iterable<string> = []): Promise<RunRecord[]> {
    const rows = await this.database.query<{ record: unknown }>(
      "select record from gated_rnn.result where not (run = any($1)) order by finished",
      [[...known]],
    );
    return rows.map(({ record }) => runRecord.parse(record));
  }

  /** The weights of a finished run: the bytes of a safetensors file. */
  async weights(run: string): Promise<Uint8Array | undefined> {
    const rows = await this.database.query<{ weights: Uint8Array }>(
      "select weights from gated_rnn.result where run = $1",
      [run],
    );
    return rows[0]?.weights;
  }

  async active(): Promise<ActiveRun[]> {
    const rows = await this.database.query<{
      task: unknown;
      host: string;
      pid: number;
      progress: unknown;
    }>("select task, host, pid, progress from gated_rnn.active join gated_rnn.run on id = run");
    return rows.map(({ task, ...row }) => ({ ...row, run: plannedRun.parse(task) }));
  }

  async dead(): Promise<DeadRun[]> {
    const jobs = await this.database.patiently(() =>
      this.database.boss.findJobs<PlannedRun>(dead, { limit: 100_000 }),
    );
    return jobs.map(({ data, sourceOutput }) => ({
      run: data.id,
      problem: problemOf(sourceOutput),
    }));
  }

  /** Gives runs that were given up another set of tries. Returns how many. */
  async retryDead(): Promise<number> {
    return this.database.patiently(() => this.database.boss.redrive(dead, { limit: 100_000 }));
  }

  private async insert(planned: readonly PlannedRun[], priority: number, db: Db): Promise<void> {
    if (planned.length === 0) return;
    const { retries, heartbeatSeconds } = this.options;
    const limits = {
      retryLimit: retries,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 10,
      heartbeatSeconds,
      expireInSeconds: 86_400,
    };
    await this.database.boss.insert(
      runs,
      planned.map((run) => ({ ...limits, priority, data: run })),
      { db },
    );
  }

  private async forget(job: Job, db: Db): Promise<void> {
    await db.executeSql(
      "delete from gated_rnn.active where run = $1 and job = $2 and attempt = $3",
      [job.run.id, job.id, job.retryCount],
    );
  }
}

/** What was begun goes on before new things begin. */
const urgent = 10;

const attempt = ({ id, retryCount }: { readonly id: string; readonly retryCount: number }) => ({
  id,
  retryCount,
});

/** How many jobs a call of the queue has changed; its types leave that out. */
function affected(response: object): number {
  return z.object({ affected: z.number() }).parse(response).affected;
}

function problemOf(output: unknown): string {
  const { message, value } = (output ?? {}) as { message?: string; value?: { message?: string } };
  return message ?? value?.message ?? "no reason given";
}
