import type { Db } from "pg-boss" with { "resolution-mode": "import" };
import { z } from "zod";
import { type RunRecord, runName, runRecord } from "../train/record.js";
import { decodeSafetensors } from "../train/safetensors.js";
import type { Database } from "./database.js";
import { ForeignRows, printable } from "./foreign-rows.js";
import {
  type DeadRun,
  type PlannedRun,
  planId,
  plannedRun,
  type SweepPlan,
  sweepPlan,
} from "./plan.js";
import { lifeOf, type ProcessIdentity, processIdentity, thisProcess } from "./process-identity.js";
import { queueSchema } from "./queue-options.js";
import { Silence } from "./silence.js";
import { type LiveProgress, liveProgress } from "./status.js";

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

interface QueueOptions {
  /** How often a run whose process dies, or whose supervisor falls silent, is tried again. */
  readonly retries: number;
  /** Looks without a sign of life after which a supervisor has lost its runs; see `releaseSilent`. */
  readonly silentLooks: number;
  /** Told of rows that are not what we write; they are left out. */
  readonly onProblem?: (problem: string) => void;
}

/** A run in progress somewhere, as its supervisor last told. */
const activeRun = z.object({
  task: plannedRun,
  host: z.string().transform(printable),
  pid: z.number().int(),
  progress: liveProgress.nullable().catch(null),
});

interface ActiveRun {
  readonly run: PlannedRun;
  readonly host: string;
  readonly pid: number;
  readonly progress: LiveProgress | null;
}

/** Longest wait before a failed run is tried again, in seconds. */
const longestDelay = 10;

const tables = `
  create schema if not exists gated_rnn;
  create table if not exists gated_rnn.sweep (id text primary key, plan json not null, created timestamptz not null default now());
  create table if not exists gated_rnn.run (id text primary key, task json not null);
  create table if not exists gated_rnn.result
    (run text primary key, record json not null, weights bytea, finished timestamptz not null default now());
  create table if not exists gated_rnn.active
    (run text primary key, job uuid not null, attempt int not null, host text not null, pid int not null, progress json);
  alter table gated_rnn.result alter column weights drop not null;
  alter table gated_rnn.active add column if not exists process json, add column if not exists beats int not null default 0;`;

/**
 * A sweep's runs and results in its database. Execution is at least once: a run whose worker dies is given out again. Results are
 * exactly once: the run's id is their key, and a result and the end of its job are one transaction. No clock decides anything: neither
 * this machine's nor the server's need be right, or stay as they are. What others wrote is checked before it is used.
 */
export class SweepQueue {
  private readonly rows: ForeignRows;
  private readonly silence: Silence;

  private constructor(
    private readonly database: Database,
    private readonly options: QueueOptions,
  ) {
    this.rows = new ForeignRows(database.name, options.onProblem ?? (() => {}));
    this.silence = new Silence(options.silentLooks);
  }

  /** @param options what is left out does not matter to who only reads */
  static async open(
    database: Database,
    { retries = 0, silentLooks = Number.POSITIVE_INFINITY, ...options }: Partial<QueueOptions> = {},
  ): Promise<SweepQueue> {
    await database.transaction(async (db) => {
      await db.executeSql("select pg_advisory_xact_lock(1412, 3555)"); // two supervisors at once would trip over each other
      await db.executeSql(tables);
    });
    const lasting = { retentionSeconds: forEver, deleteAfterSeconds: 0 };
    await database.patiently(() => database.boss.createQueue(dead, lasting));
    await database.patiently(() =>
      database.boss.createQueue(runs, { ...lasting, deadLetter: dead }),
    );
    return new SweepQueue(database, { retries, silentLooks, ...options });
  }

  async register(plan: SweepPlan): Promise<void> {
    await this.database.query(
      "insert into gated_rnn.sweep (id, plan) values ($1, $2) on conflict do nothing",
      [planId(plan), JSON.stringify(plan)],
    );
  }

  async plans(): Promise<SweepPlan[]> {
    const rows = await this.database.query<{ id: string; plan: unknown }>(
      "select id, plan from gated_rnn.sweep order by created, id",
    );
    return rows.flatMap(({ id, plan }) => this.rows.read(sweepPlan, plan, `sweep ${id}`) ?? []);
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
    const process = thisProcess();
    return this.database.transaction(async (db) => {
      for (;;) {
        const [job] = await this.database.boss.fetch<unknown>(runs, { includeMetadata: true, db });
        if (!job) {
          if (await this.hasten(db)) continue;
          return undefined;
        }
        const run = this.rows.read(plannedRun, job.data, `job ${job.id}`);
        const { rows } = await db.executeSql("select 1 from gated_rnn.result where run = $1", [
          run?.id,
        ]);
        if (run && rows.length === 0) {
          await db.executeSql(
            `insert into gated_rnn.active (run, job, attempt, host, pid, process) values ($1, $2, $3, $4, $5, $6)
             on conflict (run) do update set job = excluded.job, attempt = excluded.attempt, host = excluded.host,
             pid = excluded.pid, process = excluded.process, progress = null`,
            [run.id, job.id, job.retryCount, process.host, process.pid, JSON.stringify(process)],
          );
          return { id: job.id, retryCount: job.retryCount, run };
        }
        await this.database.boss.complete(runs, attempt(job), null, { db }); // no run, or its result came from a worker that was thought lost
      }
    });
  }

  /** A job that waits for longer than any is told to was told so before the clock was set back: it waits no more. */
  private async hasten(db: Db): Promise<boolean> {
    const { rows } = await db.executeSql(
      `update ${queueSchema}.job set start_after = ${queueSchema}.job_now() where name = $1 and state < 'active'
       and start_after > ${queueSchema}.job_now() + interval '${longestDelay} seconds' returning 1`,
      [runs],
    );
    return rows.length > 0;
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
            "update gated_rnn.active set progress = $3, beats = beats + 1 where run = $1 and job = $2",
            [job.run.id, job.id, JSON.stringify(progress)],
          );
      }
      return lost;
    });
  }

  /** A result and the end of its job, both or neither; a result that is there already stays. */
  async finish(job: Job, record: RunRecord, weights: Uint8Array): Promise<void> {
    await this.database.transaction(async (db) => {
      await this.keep(record, weights, db);
      await this.database.boss.complete(runs, attempt(job), null, { db });
      await this.forget(job, db);
    });
  }

  /** Takes over results of before, for which there are no jobs: a new database in the place of a damaged one. */
  async adopt(run: PlannedRun, record: RunRecord, weights?: Uint8Array): Promise<void> {
    await this.database.transaction(async (db) => {
      await db.executeSql(
        "insert into gated_rnn.run (id, task) values ($1, $2) on conflict do nothing",
        [run.id, JSON.stringify(run)],
      );
      await this.keep(record, weights, db);
    });
  }

  private async keep(record: RunRecord, weights: Uint8Array | undefined, db: Db): Promise<void> {
    await db.executeSql(
      "insert into gated_rnn.result (run, record, weights) values ($1, $2, $3) on conflict do nothing",
      [record.id, JSON.stringify(record), weights ? Buffer.from(weights) : null],
    );
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
  async fail(job: Attempt, problem: string): Promise<void> {
    await this.database.transaction(async (db) => {
      await this.database.boss.fail(runs, attempt(job), { message: problem }, { db });
      await this.forget(job, db);
    });
  }

  /** Gives back what supervisors had in hand that are surely dead: those of this machine, or all when nobody else can be there. */
  async releaseOrphans(): Promise<number> {
    const held = await this.held();
    const orphans = held.filter(
      ({ process }) => this.database.exclusive || lifeOf(process) === "dead",
    );
    for (const { job, task } of orphans) {
      const run = this.rows.read(plannedRun, task, `run ${job.run.id}`);
      if (run) await this.release({ ...job, run });
      else await this.fail(job, "no run");
    }
    return orphans.length;
  }

  /**
   * Takes the runs away from supervisors that give no sign of life: to be called at equal distances, as often as `touch`.
   *
   * @returns how many
   */
  async releaseSilent(): Promise<number> {
    const held = new Map(
      (await this.held()).map((row) => [`${row.job.id} ${row.job.retryCount}`, row]),
    );
    const silent = this.silence.look(new Map([...held].map(([name, { beats }]) => [name, beats])));
    for (const name of silent) {
      const row = held.get(name);
      if (row)
        await this.fail(
          row.job,
          `its supervisor ${row.process.host} ${row.process.pid} fell silent`,
        );
    }
    return silent.length;
  }

  private async held() {
    const rows = await this.database.query<
      { run: string; host: string; pid: number; process: unknown } & Record<
        "job" | "attempt" | "task" | "beats",
        unknown
      >
    >(
      `select run, job, attempt, host, pid, process, beats, task from gated_rnn.active left join gated_rnn.run on id = run`,
    );
    return rows.map(({ run, job, attempt, host, pid, process, beats, task }) => ({
      job: { id: String(job), retryCount: Number(attempt), run: { id: run } },
      process: processIdentity.safeParse(process).data ?? ({ host, pid } satisfies ProcessIdentity), // of an older version
      beats: String(beats),
      task,
    }));
  }

  /**
   * Looks whether runs that have no result can get one, and mends it: a run whose job is gone, or whose result is none, is offered
   * again. Whatever happens to single rows, a sweep comes to its end.
   */
  async mend(planned: readonly PlannedRun[]): Promise<void> {
    await this.database.transaction(async (db) => {
      await db.executeSql("select pg_advisory_xact_lock(1412, 3556)");
      const jobs = await db.executeSql(
        `select job.id, retry_count as "retryCount", data->>'id' as run, state = 'active' and active.job is null as lost
         from ${queueSchema}.job left join gated_rnn.active on active.job = job.id
         where name = $1 and state <= 'active' or name = $2 and state < 'active'`,
        [runs, dead],
      );
      const present = new Set<string>();
      for (const { lost, run, ...job } of jobs.rows)
        if (lost) await this.database.boss.complete(runs, attempt(job), null, { db });
        else present.add(run);
      const missing = planned.filter(({ id }) => !present.has(id));
      const results = await db.executeSql(
        "select run, record from gated_rnn.result where run = any($1) for update",
        [missing.map(({ id }) => id)],
      );
      const good = new Set<string>();
      for (const row of results.rows) if (recordOf(row)) good.add(row.run);
      const again = missing.filter(({ id }) => !good.has(id));
      await db.executeSql("delete from gated_rnn.result where run = any($1)", [
        again.map(({ id }) => id),
      ]);
      await this.insert(again, urgent, db);
    });
  }

  /** Records of finished runs, apart from those known already. */
  async results(known: Iterable<string> = []): Promise<RunRecord[]> {
    const rows = await this.database.query<{ run: string; record: unknown }>(
      "select run, record from gated_rnn.result where not (run = any($1)) order by finished, run",
      [[...known]],
    );
    return rows.flatMap(({ run, record }) => {
      const read = this.rows.read(runRecord, record, `result ${run}`);
      if (read && read.id !== run) this.rows.tell(`result ${run}`, `the record of ${read.id}`);
      return read?.id === run ? [read] : [];
    });
  }

  /** The weights of a finished run, if they are kept: the bytes of a safetensors file. */
  async weights(run: string): Promise<Uint8Array | undefined> {
    const [row] = await this.database.query<{ weights: Uint8Array | null }>(
      "select weights from gated_rnn.result where run = $1",
      [run],
    );
    if (!row?.weights) return undefined;
    try {
      decodeSafetensors(row.weights, `weights of ${run}`);
      return row.weights;
    } catch (error) {
      this.rows.tell(`weights of ${run}`, (error as Error).message);
      return undefined;
    }
  }

  async active(): Promise<ActiveRun[]> {
    const rows = await this.database.query<{ run: string }>(
      "select run, task, host, pid, progress from gated_rnn.active join gated_rnn.run on id = run",
    );
    return rows.flatMap((row) => {
      const read = this.rows.read(activeRun, row, `active ${row.run}`);
      return read
        ? { run: read.task, host: read.host, pid: read.pid, progress: read.progress }
        : [];
    });
  }

  async dead(): Promise<DeadRun[]> {
    const jobs = await this.database.patiently(() =>
      this.database.boss.findJobs<unknown>(dead, { limit: 100_000 }),
    );
    return jobs.flatMap(({ id, data, sourceOutput }) => {
      const run = this.rows.read(z.object({ id: runName }), data, `dead job ${id}`);
      return run ? { run: run.id, problem: problemOf(sourceOutput) } : [];
    });
  }

  /** Gives runs that were given up another set of tries. Returns how many. */
  async retryDead(): Promise<number> {
    return this.database.patiently(() => this.database.boss.redrive(dead, { limit: 100_000 }));
  }

  private async insert(planned: readonly PlannedRun[], priority: number, db: Db): Promise<void> {
    if (planned.length === 0) return;
    const limits = {
      retryLimit: this.options.retries,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: longestDelay,
      expireInSeconds: 86_400,
    };
    await this.database.boss.insert(
      runs,
      planned.map((run) => ({ ...limits, priority, data: run })),
      { db },
    );
  }

  private async forget(job: Attempt, db: Db): Promise<void> {
    await db.executeSql(
      "delete from gated_rnn.active where run = $1 and job = $2 and attempt = $3",
      [job.run.id, job.id, job.retryCount],
    );
  }
}

/** What was begun goes on before new things begin. */
const urgent = 10;

/** One try of a run. */
interface Attempt {
  readonly id: string;
  readonly retryCount: number;
  readonly run: { readonly id: string };
}

const attempt = ({ id, retryCount }: { readonly id: string; readonly retryCount: number }) => ({
  id,
  retryCount,
});

function recordOf({ run, record }: { run: string; record: unknown }): RunRecord | undefined {
  const { data } = runRecord.safeParse(record);
  return data?.id === run ? data : undefined;
}

/** How many jobs a call of the queue has changed; its types leave that out. */
function affected(response: object): number {
  return z.object({ affected: z.number() }).parse(response).affected;
}

const output = z.object({
  message: z.string().optional(),
  value: z.object({ message: z.string().optional() }).optional(),
});

function problemOf(told: unknown): string {
  const { message, value } = output.safeParse(told).data ?? {};
  return printable(message ?? value?.message ?? "no reason given");
}
