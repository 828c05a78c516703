import { hostname } from "node:os";
import { type ErrorCode, GatedRnnError } from "../errors.js";
import { tryFolder } from "../files/place.js";
import type { Task } from "../tasks/task.js";
import { checkpointFile, removeCheckpoints } from "../train/checkpoint.js";
import { codeVersion } from "../train/provenance.js";
import type { RunRecord } from "../train/record.js";
import { checkSweepOptions } from "./check-options.js";
import { type Standing, standing } from "./choice.js";
import { type RunData, type SweepData, sweepData } from "./data.js";
import type { Database } from "./database.js";
import { bestSoFar, isHopeless } from "./median-rule.js";
import { openDatabase } from "./open-database.js";
import {
  checkedPlan,
  type DeadRun,
  type Group,
  type Planned,
  type PlannedRun,
  planId,
  plannedGroups,
  type SweepPlan,
} from "./plan.js";
import { type Job, SweepQueue } from "./queue.js";
import { adoptResults } from "./rebuild.js";
import {
  databaseFolder,
  prepareFolder,
  writeResult,
  writeStatus,
  writeSummary,
} from "./results-folder.js";
import { type RunProcess, type RunProgress, startRun } from "./run-process.js";
import { type LiveProgress, type LiveRun, pointOf, type SweepStatus, statusOf } from "./status.js";
import { type SweepSummary, summarise } from "./summary.js";

/** What a sweep does, where its records go, and who is told. */
export interface SweepOptions {
  /** One, or several that are carried out in their order. Default: help with the plans that are in the database already. */
  readonly plan?: SweepPlan | readonly SweepPlan[];
  /** Tasks that the plan's data name, beside sets of the package and paths; made of plain data. */
  readonly tasks?: readonly Task[];
  /** Where records, weights, checkpoints, the summary and, without `db`, the database go. */
  readonly out: string;
  /** postgres://user@host/database, for more than one machine; default: an embedded database in `out`. */
  readonly db?: string;
  /** Runs side by side on this machine, each in a process of its own; on the WebGPU engine, all in the same dispatches. */
  readonly slots: number;
  /** Of this machine's runs; default: the fastest engine that runs here. */
  readonly engine?: string;
  readonly backend?: string;
  /** Threads of one run, on the native addon (default: 1). */
  readonly threads?: number;
  /** How often a run whose process dies is tried again; default 10. */
  readonly retries?: number;
  /** Gives runs that were given up another set of tries. */
  readonly retryDead?: boolean;
  /** Begins a new embedded database in the place of a damaged one, which is kept, with the results that are in `out` already. */
  readonly rebuild?: boolean;
  /** Begins all runs again, whatever is there: a new embedded database, the former one being kept, and no checkpoints. */
  readonly restart?: boolean;
  /** Seconds between the checkpoints of a run; default 30. */
  readonly checkpointSeconds?: number;
  /** After so long a silence of a machine its runs are others'; default 30, at least 10. */
  readonly heartbeatSeconds?: number;
  /** Ends the sweep as the signal does, when the time is over; at most 24 days. */
  readonly budgetSeconds?: number;
  /** Ends the runs in progress after their update, with checkpoints: the same call goes on from there. */
  readonly signal?: AbortSignal;
  /** Told how far the sweep is, whenever status.json is written. */
  readonly onStatus?: (status: SweepStatus) => void;
  /** Told of every run that is done. */
  readonly onRecord?: (record: RunRecord) => void;
  /** What goes wrong and is lived with: a run that is tried again, a database that is away. */
  readonly onProblem?: (problem: string) => void;
}

/** How a sweep ended, and what it found. */
export interface SweepResult {
  /** done: every run has a result or was given up; stopped: by the signal or the time budget. */
  readonly state: "done" | "stopped";
  /** One for each plan. */
  readonly summaries: readonly SweepSummary[];
}

/**
 * Carries out a sweep, or what is left of it: this process is one machine's supervisor, and others may work on the same database.
 *
 * @throws GatedRnnError `usage` for a plan that makes no sense and numbers out of range, `database` and `locked` when its database cannot be used; what
 * opening data and engines throws. Runs in progress are stopped with checkpoints first.
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { plan, out, db, signal, onProblem = () => {} } = options;
  checkSweepOptions(options);
  const asked = plan === undefined ? [] : [plan].flat();
  const data = sweepData({ paths: asked.flatMap((one) => one.data), tasks: options.tasks });
  const known = await plannedGroups(asked.map(checkedPlan), data, signal); // mistakes show before anything is written
  if (options.rebuild && db !== undefined)
    throw new GatedRnnError(
      "usage",
      "sweep: expected --rebuild for the embedded database, got one of PostgreSQL; restore that from its own backup",
    );
  if (options.restart && db !== undefined)
    throw new GatedRnnError(
      "usage",
      "sweep: expected --restart for the embedded database, got one of PostgreSQL, where others may be at work; use a new database",
    );
  tryFolder(out);
  const database = await openDatabase(databaseFolder(out), db, {
    signal,
    anew: options.rebuild || options.restart,
    onError: (error) => onProblem(`database: ${error.message}`),
  });
  try {
    const { retries = 10, heartbeatSeconds = 30 } = options;
    const silentLooks = Math.ceil(heartbeatSeconds / seconds.touch);
    const queue = await SweepQueue.open(database, { retries, silentLooks, onProblem });
    if (options.restart) removeCheckpoints(out);
    else if (options.rebuild) await adoptResults(queue, out, onProblem);
    await queue.releaseOrphans();
    if (options.retryDead) await queue.retryDead();
    for (const { plan } of known) await queue.register(plan);
    const plans = plan ? known : await plannedGroups(await queue.plans(), data, signal, onProblem);
    if (plans.length === 0)
      throw new GatedRnnError(
        "usage",
        `sweep: expected a plan in ${database.name}, got none; name data, cells or a preset`,
      );
    return await new Supervisor(options, database, queue, plans, data).run();
  } finally {
    await database.close();
  }
}

/** A run that this machine is at work on. */
interface Running {
  readonly job: Job;
  readonly process: RunProcess;
  progress: LiveProgress | null;
}

/** Errors that are this machine's and not the run's: it gives its runs back and ends. */
const ownFaults: ReadonlySet<ErrorCode> = new Set([
  "usage",
  "bad-file",
  "data-missing",
  "download",
  "engine-missing",
  "record",
]);

const seconds = { touch: 5, status: 1, look: 1 };

class Supervisor {
  private readonly records = new Map<string, RunRecord>();
  private readonly running = new Map<string, Running>();
  private readonly offered = new Set<string>();
  private dead: DeadRun[] = [];
  private others: LiveRun[] = [];
  private failure: unknown;
  private readonly ending = new AbortController();
  private readonly written = new Set<string>();
  private readonly waiting = new Set<() => void>();
  private advancing = Promise.resolve();

  constructor(
    private readonly options: SweepOptions,
    private readonly database: Database,
    private readonly queue: SweepQueue,
    private readonly plans: readonly Planned[],
    private readonly data: SweepData,
  ) {}

  async run(): Promise<SweepResult> {
    const { slots, signal, budgetSeconds, out } = this.options;
    prepareFolder(out, this.database.exclusive);
    const end = () => this.end();
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    const budget = budgetSeconds === undefined ? undefined : setTimeout(end, 1000 * budgetSeconds);
    const timers = [
      every(seconds.touch, () => this.guarded(() => this.touch())),
      every(seconds.status, () => this.guarded(async () => this.tell("running"))),
    ];
    try {
      await this.guarded(async () => {
        await this.advance();
        await this.queue.mend(this.unsettled());
      });
      await Promise.all(Array.from({ length: slots }, () => this.slot()));
    } finally {
      clearTimeout(budget);
      await Promise.all(timers.map((stop) => stop()));
      signal?.removeEventListener("abort", end);
    }
    if (this.failure === undefined) await this.guarded(() => this.advance());
    if (this.failure !== undefined) {
      await this.guarded(async () => this.tell("stopped"));
      throw this.failure;
    }
    const state = this.isDone() ? "done" : "stopped";
    this.tell(state);
    return { state, summaries: this.summaries() };
  }

  /** Lets the runs in progress end with checkpoints, and begins no more. */
  private end(): void {
    this.ending.abort();
    for (const { process } of this.running.values()) process.stop();
    for (const wake of this.waiting) wake();
  }

  private slot(): Promise<void> {
    return this.guarded(async () => {
      while (!this.ending.signal.aborted) {
        const job = await this.queue.take();
        if (job) await this.carryOut(job);
        else if (this.isDone()) return;
        else {
          await this.pause();
          await this.advance();
        }
      }
    });
  }

  /** The first thing that goes wrong ends the sweep here, and is thrown when the runs have their checkpoints. */
  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure ??= error;
      this.end();
    }
  }

  private async carryOut(job: Job): Promise<void> {
    const { out, slots, engine, backend, threads = 1, checkpointSeconds } = this.options;
    const { id, configuration } = job.run;
    try {
      const from = await this.checked(job.run);
      const checkpoint = {
        file: checkpointFile(out, id),
        ...(checkpointSeconds === undefined ? {} : { seconds: checkpointSeconds }),
      };
      const { data, cell } = configuration;
      const request = {
        data,
        from,
        cell,
        options: configuration,
        threads,
        checkpoint,
        ...(engine ? { engine } : {}),
        ...(backend ? { backend } : {}),
        ...(engine === "webgpu" ? { sideBySide: slots } : {}),
      };
      const running: Running = {
        job,
        progress: null,
        process: startRun(
          request,
          (progress) => this.progress(running, progress),
          (warning) => this.options.onProblem?.(warning),
        ),
      };
      this.running.set(id, running);
      if (this.ending.signal.aborted) running.process.stop();
      const end = await running.process.end;
      if (end.kind === "interrupted") return await this.queue.release(job);
      await this.queue.finish(job, end.record, end.weights);
      await this.write(end.record, async () => end.weights);
      this.options.onRecord?.(end.record);
    } catch (error) {
      await this.failed(job, error);
    } finally {
      if (this.running.get(id)?.job === job) this.running.delete(id); // not the next attempt's, where this one was lost
    }
    await this.advance();
  }

  private async failed(job: Job, error: unknown): Promise<void> {
    if (!(error instanceof GatedRnnError) || error.code === "database") throw error; // the job is found again by its silence
    if (ownFaults.has(error.code) || this.ending.signal.aborted) await this.queue.release(job);
    else {
      this.options.onProblem?.(`${error.message}; try ${job.retryCount + 1}`);
      await this.queue.fail(job, error.message);
    }
    if (ownFaults.has(error.code)) throw error;
  }

  /**
   * From what a run's process makes its data.
   *
   * @throws GatedRnnError `usage` when this machine would compute something else under the run's name
   */
  private async checked(run: PlannedRun): Promise<RunData> {
    const { configuration, checksum, version } = run;
    const { task, from } = await this.data.named(configuration.data);
    if (task.checksum !== checksum)
      throw new GatedRnnError(
        "usage",
        `${task.name}: expected data of checksum ${checksum}, got ${task.checksum}; give the same data, or run gated-rnn data prepare ${task.name}`,
      );
    if (version !== codeVersion().version)
      throw new GatedRnnError(
        "usage",
        `sweep: expected gated-rnn ${version}, which began it, got ${codeVersion().version}; use that version`,
      );
    return from;
  }

  private progress(
    running: Running,
    { share, epoch, seconds, secondsLeft, points }: RunProgress,
  ): void {
    running.progress = {
      share,
      epoch,
      seconds,
      secondsLeft,
      curve: [...(running.progress?.curve ?? []), ...points.map(pointOf)],
    };
    if (points.length > 0 && this.isGivenUp(running)) running.process.prune();
  }

  /** By the median of the other learning rates of the same data set and cell, where a plan asks for it. */
  private isGivenUp({ job: { run }, progress }: Running): boolean {
    const ruled = this.plans.filter(({ plan }) => plan.medianRule).flatMap(({ groups }) => groups);
    const group = ruled.find(({ candidates }) => candidates.some(({ id }) => id === run.id));
    if (!group || !progress) return false;
    const valid = (curve: LiveProgress["curve"]) => bestSoFar(curve.map(([, , , nll]) => nll));
    const others = group.candidates
      .filter(({ id }) => id !== run.id)
      .map(({ id }) =>
        valid(
          this.records.get(id)?.curve.map(pointOf) ?? this.running.get(id)?.progress?.curve ?? [],
        ),
      );
    return isHopeless(valid(progress.curve), others);
  }

  /** Takes in the results that are new, offers what has become due, and writes the summary: one call at a time. */
  private advance(): Promise<void> {
    this.advancing = this.advancing.then(async () => {
      for (const record of await this.queue.results(this.records.keys()))
        this.records.set(record.id, record);
      this.dead = (await this.queue.dead()).filter(({ run }) => !this.records.has(run));
      if (!this.database.exclusive) this.others = await this.elsewhere();
      for (const { plan, groups } of this.plans)
        for (const group of groups) {
          const { stages } = this.standing(group);
          for (const [stage, runs] of stages.entries())
            await this.offer(runs, Math.min(stage, 1), plan);
        }
      for (const record of this.records.values())
        await this.write(record, () => this.queue.weights(record.id));
      this.summaries().forEach((summary, i, { length }) => {
        writeSummary(
          this.options.out,
          summary,
          length > 1 ? planId(this.plans[i].plan) : undefined,
        );
      });
    });
    return this.advancing;
  }

  private async offer(
    runs: readonly PlannedRun[],
    priority: number,
    plan: SweepPlan,
  ): Promise<void> {
    const fresh = runs.filter(({ id }) => !this.offered.has(id));
    const again = await this.queue.offer(fresh, { priority, anew: !plan.medianRule });
    for (const id of again) this.records.delete(id);
    for (const { id } of fresh) this.offered.add(id);
  }

  /** A result of this sweep goes into its folder, once. */
  private async write(
    record: RunRecord,
    weights: () => Promise<Uint8Array | undefined>,
  ): Promise<void> {
    this.records.set(record.id, record);
    if (!this.offered.has(record.id) || this.written.has(record.id)) return;
    this.written.add(record.id);
    await writeResult(this.options.out, record, weights);
    for (const wake of this.waiting) wake();
  }

  private async elsewhere(): Promise<LiveRun[]> {
    return (await this.queue.active())
      .filter(({ run }) => !this.running.has(run.id))
      .map(({ run, host, pid, progress }) => ({ run, supervisor: `${host} ${pid}`, progress }));
  }

  /** The runs of all plans that have no result yet and were not given up; of those with other seeds, what is known of them now. */
  private unsettled(): PlannedRun[] {
    const given = new Set(this.dead.map(({ run }) => run));
    return this.plans
      .flatMap(({ groups }) => groups.flatMap((group) => this.standing(group).stages.flat()))
      .filter(({ id }) => !this.records.has(id) && !given.has(id) && this.offered.has(id));
  }

  private standing(group: Group): Standing {
    const given = new Set(this.dead.map(({ run }) => run));
    return standing(group, this.records, (id) => this.records.has(id) || given.has(id));
  }

  private isDone(): boolean {
    return this.plans.every(({ groups }) => groups.every((group) => this.standing(group).done));
  }

  /** Until something happens here, or for a moment: other machines do not call. */
  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, 1000 * seconds.look);
      this.waiting.add(wake);
    });
  }

  private async touch(): Promise<void> {
    const lost = await this.queue.touch(
      new Map([...this.running.values()].map(({ job, progress }) => [job, progress])),
    );
    for (const { run } of lost) this.running.get(run.id)?.process.stop(); // another has it: it goes on from our checkpoint, or its own
    if (!this.database.exclusive) await this.queue.releaseSilent();
    if (this.running.size === 0 && !this.ending.signal.aborted)
      await this.queue.mend(this.unsettled());
  }

  private tell(state: SweepStatus["state"]): void {
    const supervisor = `${hostname()} ${process.pid}`;
    const mine = [...this.running.values()].map(({ job: { run }, progress }) => ({
      run,
      supervisor,
      progress,
    }));
    const groups = this.plans.flatMap(({ groups }) => groups);
    const status = statusOf(state, groups, this.records, [...mine, ...this.others], this.dead);
    writeStatus(this.options.out, status);
    this.options.onStatus?.(status);
  }

  private summaries(): SweepSummary[] {
    return this.plans.map(({ plan, groups }) => summarise(plan, groups, this.records, this.dead));
  }
}

/** Does something again and again, never two at a time. Returns what stops it, after the one in progress. */
function every(seconds: number, work: () => Promise<void>): () => Promise<void> {
  let current = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    current = work().finally(() => {
      busy = false;
    });
  }, 1000 * seconds);
  return async () => {
    clearInterval(timer);
    await current;
  };
}
