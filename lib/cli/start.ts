import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { openMusic } from "../../data-prep/open.js";
import { paperCells } from "../cells/index.js";
import { baselines } from "../data/baselines.js";
import type { MusicDataset } from "../data/dataset.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { tryFolder } from "../files/place.js";
import type { RunRequest } from "../sweep/run-process.js";
import { runAll } from "../sweep/slots.js";
import { bestOf } from "../sweep/summary.js";
import { mostCount } from "../train/bounds.js";
import { learningRateCandidates } from "../train/learning-rates.js";
import type { RunRecord } from "../train/record.js";
import { writeRecord } from "../train/record-file.js";
import { engineOption, seedOption, wholeNumber } from "./options.js";
import { runsProgress } from "./progress.js";
import { writeReport } from "./report.js";
import { interruptible } from "./signals.js";

interface StartArguments {
  readonly engine?: string;
  readonly epochs?: number;
  readonly learningRates?: number;
  readonly slots: number;
  readonly seed: number;
  readonly out: string;
}

/** What an engine's speed allows in the main job: a full training with a search, or a first look at the curves. */
const budgets = {
  fast: { epochs: 200, learningRates: 6, batchSize: 2 },
  reference: { epochs: 30, learningRates: 1, batchSize: 8 },
} as const;

/** The rate at which all three units learn well on JSB: what a single candidate is. */
const usualLearningRate = 2e-3;

export function addStart(program: Command): void {
  program
    .command("start")
    .description(
      "the main job: the paper's JSB Chorales row, from data to table and learning curves",
    )
    .addOption(engineOption())
    .option(
      "--epochs <n>",
      "epochs of each run (default: by the engine's speed)",
      wholeNumber(1, mostCount),
    )
    .option(
      "--learning-rates <n>",
      "learning-rate candidates per cell (default: by the engine's speed)",
      wholeNumber(1, 1000),
    )
    .option("--slots <n>", "runs side by side", wholeNumber(1, 256), availableParallelism())
    .addOption(seedOption())
    .option("--out <folder>", "where records and pictures go", "runs/start")
    .action(start);
}

async function start(options: StartArguments): Promise<void> {
  tryFolder(options.out);
  const { signal, done } = interruptible();
  const engine = options.engine ? await openEngine(options.engine) : await defaultEngine();
  const dataset = await choralesOrSynthetic(signal);
  const budget = engine.name === "reference" ? budgets.reference : budgets.fast;
  const { epochs = budget.epochs, learningRates = budget.learningRates } = options;
  const rates =
    learningRates === 1 ? [usualLearningRate] : learningRateCandidates(learningRates, options.seed);
  const requests = paperCells.flatMap((cell) =>
    rates.map((learningRate): RunRequest => {
      const run = { epochs, learningRate, batchSize: budget.batchSize, seed: options.seed };
      return { data: dataset.name, cell: cell.name, options: run, engine: engine.name, threads: 1 };
    }),
  );
  console.log(
    `${dataset.title}: ${dataset.train.length}/${dataset.valid.length}/${dataset.test.length} pieces for training, validation and test.\n` +
      `Training ${paperCells.map((c) => c.name).join(", ")} at the paper's sizes: ${requests.length} runs of at most ${epochs} epochs, ${rates.length} learning rate${rates.length > 1 ? "s" : ""} each, on ${engine.build}.`,
  );
  if (engine.name === "reference")
    console.log(
      `The reference engine is slow: ${epochs} epochs show the curves' beginning, not where they end. See \`gated-rnn doctor\` for a faster one.`,
    );

  const progress = runsProgress(requests.map((r) => r.cell));
  const records = await runAll(requests, {
    slots: options.slots,
    signal,
    onProgress: progress.show,
    onRecord: (run, record) => {
      writeRecord(options.out, record);
      progress.finished(run, record);
    },
  });
  progress.end();
  done();
  if (records.length === 0) {
    return console.log("stopped before the first run ended: no records");
  }
  const { table, files } = await writeReport(
    options.out,
    dataset,
    bestOfEachCell(records),
    baselines(dataset),
  );
  console.log(`\n${table}\n`);
  console.log(
    `records, one per run: ${options.out}\n${files.map(({ what, file }) => `${what}: ${file}`).join("\n")}`,
  );
}

/** The chorales; when they can be had neither from the network nor from a mirror, the synthetic ones, saying so in one line. */
async function choralesOrSynthetic(signal: AbortSignal): Promise<MusicDataset> {
  try {
    return await openMusic("jsb", signal);
  } catch (error) {
    if (
      !(
        error instanceof GatedRnnError &&
        ["download", "data-missing", "record"].includes(error.code)
      )
    )
      throw error;
    console.log(
      `No JSB Chorales here (${error.message.split("\n")[0]}): going on with SYNTHETIC chorales, which compare with nothing in the paper.`,
    );
    return openMusic("synthetic");
  }
}

/** Each cell's run with the lowest validation NLL, in the order of the cells: the paper's choice of learning rate. */
function bestOfEachCell(records: readonly RunRecord[]): RunRecord[] {
  return paperCells.flatMap(
    ({ name }) => bestOf(records.filter((r) => r.configuration.cell === name)) ?? [],
  );
}
