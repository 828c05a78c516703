import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { plain } from "../files/plain.js";
import { duration } from "../show/duration.js";
import { summaryTable } from "../show/summary-table.js";
import { tableText } from "../show/table.js";
import { presets } from "../sweep/plan.js";
import type { SweepStatus } from "../sweep/status.js";
import type { SweepSummary } from "../sweep/summary.js";
import { sweep } from "../sweep/sweep.js";
import { mostCount } from "../train/bounds.js";
import type { RunRecord } from "../train/record.js";
import { addDataOptions, dataHelp } from "./data-options.js";
import {
  backendOption,
  engineOption,
  jsonOption,
  names,
  printJson,
  protocolOption,
  realNumber,
  threadsOption,
  updateOption,
  updateSettingsOption,
  wholeNumber,
} from "./options.js";
import { addOutputOptions } from "./output-options.js";
import { bar } from "./progress.js";
import { interruptible } from "./signals.js";
import { type PlanArguments, plansOf } from "./sweep-plans.js";

interface SweepArguments extends PlanArguments {
  readonly slots?: number;
  readonly engine?: string;
  readonly backend?: string;
  readonly threads: number;
  readonly hours?: number;
  readonly retries: number;
  readonly retryDead?: boolean;
  readonly restart?: boolean;
  readonly rebuild?: boolean;
  readonly checkpointSeconds: number;
  readonly heartbeat: number;
  readonly out: string;
  readonly json?: boolean;
}

/** "1e-3,2e-3" */
const rates = (text: string) => names(text).map(realNumber(0, true));

/** A GPU takes so many runs in the time of a few. */
const gpuSlots = 64;

/** Names parted by commas, unless there is a file or folder of just that name. */
const dataNames = (text: string) => (existsSync(text) ? [text] : names(text));

export function addSweep(program: Command): void {
  addOutputOptions(addDataOptions(program.command("sweep")))
    .description(
      "the paper's search: data sets × cells × learning rates, then the chosen rate with more seeds; the same command goes on",
    )
    .addOption(
      new Option(
        "--preset <name>",
        "the paper's table 2 or a half of it, or the gate atlas: all variants of the gated units; other options change it, of the atlas --data, --cells, --protocol and --width take a part",
      ).choices([...Object.keys(presets), "atlas"]),
    )
    .option("--data <names>", `${dataHelp}; several parted by commas`, dataNames)
    .option(
      "--cells <names>",
      'cells, parted by commas (default: tanh,gru,lstm); stacks too: "gru,stack(gru,gru)"',
      names,
    )
    .option(
      "--learning-rates <n>",
      "candidates per data set and cell, drawn from exp(U(−12, −6)) (default: 10)",
      wholeNumber(1, 1000),
    )
    .option(
      "--rates <numbers>",
      "these learning rates instead of drawn ones, parted by commas: to look beyond the best of a search",
      rates,
    )
    .option("--seed <n>", "the first seed (default: 1)", wholeNumber(0, 2 ** 32 - 1))
    .option(
      "--seeds <n>",
      "seeds that the chosen rate is trained with (default: 1, presets 3, paper-music 10)",
      wholeNumber(1, 1000),
    )
    .option(
      "--finalists <n>",
      "rates, best with the first seed, of which one is chosen by the mean over --rate-seeds (default: 1, paper-music 3)",
      wholeNumber(1, 1000),
    )
    .option(
      "--rate-seeds <n>",
      "seeds that the finalists are compared by (default: 1, paper-music 3)",
      wholeNumber(1, 1000),
    )
    .addOption(
      new Option(
        "--width <rule>",
        "hidden units: as many as the parameter budget buys, or for variants as many as the unit has that they come from (default: budget)",
      ).choices(["budget", "origin"]),
    )
    .addOption(protocolOption())
    .addOption(updateOption())
    .addOption(updateSettingsOption())
    .option(
      "--epochs <n>",
      "epochs of a run at most (default: 200; paper-music and the authors' protocol 500)",
      wholeNumber(1, mostCount),
    )
    .option(
      "--patience <n>",
      "epochs without a better validation NLL before a run stops (default: 100; paper-music and the authors' protocol 500)",
      wholeNumber(1, mostCount),
    )
    .option(
      "--batch-size <n>",
      "sequences per update (default: 2, speech 8, own 16, authors' protocol 1)",
      wholeNumber(1, mostCount),
    )
    .option(
      "--weight-noise <x>",
      "standard deviation of the weight noise (default: 0.075, own data of other kinds 0)",
      realNumber(0),
    )
    .option(
      "--median-rule",
      "give learning rates up that do worse than the median of the others (not the paper's way)",
    )
    .option(
      "--slots <n>",
      `runs side by side (default: ${availableParallelism()} here, ${gpuSlots} with --engine webgpu)`,
      wholeNumber(1, 1024),
    )
    .addOption(engineOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--hours <x>", "stop after this time; the same command goes on", realNumber(0, true))
    .option(
      "--retries <n>",
      "how often a run whose process dies is tried again",
      wholeNumber(0, 1_000_000),
      10,
    )
    .option(
      "--restart",
      "begin all runs again, whatever is there; the former embedded database is kept beside the new one",
    )
    .option("--retry-dead", "try the runs again that were given up")
    .option(
      "--rebuild",
      "make a damaged embedded database anew, with the results that are in the folder already",
    )
    .option("--checkpoint-seconds <x>", "time between checkpoints of a run", realNumber(0), 30)
    .option(
      "--heartbeat <seconds>",
      "a machine that is silent for so long has lost its runs",
      wholeNumber(10, 86_400),
      30,
    )
    .option(
      "--out <folder>",
      "where records, weights, summary and the embedded database go",
      "runs/sweep",
    )
    .option(
      "--db <url>",
      "postgres://user@host/database: work together with other machines; alone, help with what is there; the password in PGPASSWORD or ~/.pgpass",
    )
    .addOption(jsonOption())
    .action(run);
}

async function run(args: SweepArguments): Promise<void> {
  const {
    engine,
    backend,
    threads,
    hours,
    retries,
    retryDead,
    rebuild,
    checkpointSeconds,
    heartbeat,
    out,
    db,
    json,
  } = args;
  const { slots = engine === "webgpu" ? gpuSlots : availableParallelism() } = args;
  const plan = plansOf(args);
  const { signal, done } = interruptible();
  const view = statusLine();
  const { state, summaries } = await sweep({
    ...(plan ? { plan } : {}),
    ...(db === undefined ? {} : { db }),
    ...(engine === undefined ? {} : { engine }),
    ...(backend === undefined ? {} : { backend }),
    ...(hours === undefined ? {} : { budgetSeconds: 3600 * hours }),
    ...(retryDead ? { retryDead } : {}),
    ...(args.restart ? { restart: true } : {}),
    ...(rebuild ? { rebuild } : {}),
    out,
    slots,
    threads,
    retries,
    checkpointSeconds,
    heartbeatSeconds: heartbeat,
    signal,
    onStatus: view.show,
    onRecord: view.finished,
    onProblem: view.problem,
  }).finally(view.end);
  done();
  if (json) printJson({ state, summaries });
  else for (const summary of summaries) report(summary, state, out);
  if (!signal.aborted && summaries.some(({ dead }) => dead.length > 0)) process.exitCode = 1;
}

function report(summary: SweepSummary, state: "done" | "stopped", out: string): void {
  const { done, total } = summary.runs;
  console.log(`\n${tableText(summaryTable(summary))}\n`);
  for (const { run, problem } of summary.dead)
    console.log(`given up: run ${plain(run)}: ${plain(problem)} (--retry-dead tries again)`);
  console.log(`records, weights and summary.json: ${out}`);
  if (state === "stopped")
    console.log(`stopped after ${done} of ${total} runs; the same command goes on`);
}

/** One line on a terminal that redraws itself; elsewhere a plain line per finished run. On standard error. */
function statusLine(stream: NodeJS.WriteStream = process.stderr) {
  const clear = stream.isTTY ? "\r\x1b[2K" : "";
  let last: SweepStatus | undefined;
  const count = () => (last ? `${last.runs.done}/${last.runs.total}` : "");
  const left = () => (last?.secondsLeft == null ? "" : `, ${duration(last.secondsLeft)} left`);
  return {
    show(status: SweepStatus): void {
      last = status;
      if (!stream.isTTY) return;
      const { done, total, dead } = status.runs;
      const share =
        (done + status.active.reduce((sum, { progress }) => sum + (progress?.share ?? 0), 0)) /
        total;
      const text = `${bar(share)} ${count()} runs, ${status.active.length} at work${dead ? `, ${dead} given up` : ""}${left()}`;
      stream.write(`${clear}${text.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    finished({
      configuration: { data, cell, protocol, learningRate, seed },
      results,
      curve,
      seconds,
      status,
    }: RunRecord): void {
      const end = status === "finished" ? "" : `, ${status}`;
      const by = protocol === "ours" ? "" : ` (${protocol})`;
      stream.write(
        `${clear}${plain(data)} ${plain(cell)}${by}, learning rate ${learningRate.toPrecision(2)}, seed ${seed}: valid ${results.valid.nllPerStep.toFixed(3)} nats per step after ${curve.length} epochs, ${duration(seconds)}${end}${left()}\n`,
      );
    },
    problem(problem: string): void {
      stream.write(`${clear}${plain(problem)}\n`);
    },
    end(): void {
      stream.write(clear);
    },
  };
}
