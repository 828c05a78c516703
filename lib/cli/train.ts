import type { Command } from "commander";
import type { Cell } from "../cells/cell.js";
import { cellNamed, cellNames } from "../cells/index.js";
import { stack } from "../cells/stack.js";
import type { Baseline } from "../data/baselines.js";
import { splits } from "../data/dataset.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { tryFiles, tryFolder } from "../files/place.js";
import { plain } from "../files/plain.js";
import { baselineTitles } from "../show/baseline-rows.js";
import { openTask } from "../tasks/open.js";
import { speechWindow } from "../tasks/speech.js";
import { mostCount, mostHidden } from "../train/bounds.js";
import { checkpointFile, removeCheckpoint } from "../train/checkpoint.js";
import { configurationOf } from "../train/configuration.js";
import { codeVersion } from "../train/provenance.js";
import type { RunRecord } from "../train/record.js";
import { recordFile, writeRecord } from "../train/record-file.js";
import { runId } from "../train/run-id.js";
import { type TrainSettings, train } from "../train/train.js";
import { writeWeights } from "../train/weights.js";
import { baselinesWithProgress } from "./baselines.js";
import {
  addDataOptions,
  type DataArguments,
  dataHelp,
  dataOptionsOf,
  tellNotices,
  withoutDataOptions,
} from "./data-options.js";
import {
  backendOption,
  engineOption,
  jsonOption,
  printJson,
  protocolOption,
  realNumber,
  seedOption,
  threadsOption,
  updateOption,
  updateSettingsOption,
  wholeNumber,
} from "./options.js";
import {
  addOutputOptions,
  type OutputArguments,
  outputOptionsOf,
  withoutOutputOptions,
} from "./output-options.js";
import { progressLine } from "./progress.js";
import { interruptible } from "./signals.js";

interface TrainArguments
  extends DataArguments,
    OutputArguments,
    Partial<
      Omit<
        TrainSettings,
        "cell" | "update" | "engine" | "signal" | "onProgress" | "output" | "transpose"
      >
    > {
  readonly update?: string;
  readonly data: string;
  readonly cell: string;
  readonly layers: number;
  readonly hidden?: number;
  readonly engine?: string;
  readonly backend?: string;
  readonly out: string;
  readonly restart?: boolean;
  readonly json?: boolean;
}

export function addTrain(program: Command): void {
  addOutputOptions(addDataOptions(program.command("train")))
    .description(
      "train one cell on one data set by the paper's protocol and write its record and weights; after an interruption the same command goes on",
    )
    .option("--data <name>", dataHelp, "jsb")
    .option(
      "--cell <name>",
      `unit: ${cellNames.join(", ")}, or a stack of them: "stack(gru,lstm)"`,
      "gru",
    )
    .option(
      "--layers <n>",
      "so many layers of the unit, one on top of the other",
      wholeNumber(1, 1000),
      1,
    )
    .option(
      "--hidden <n>",
      "hidden units, of each layer (default: the paper's, or about as many parameters)",
      wholeNumber(1, mostHidden),
    )
    .addOption(protocolOption().default("ours"))
    .option(
      "--epochs <n>",
      "epochs at most (default: 200, authors' protocol 500)",
      wholeNumber(1, mostCount),
    )
    .option(
      "--patience <n>",
      "epochs without a better validation NLL before stopping (default: 100, authors' protocol 500)",
      wholeNumber(1, mostCount),
    )
    .option("--learning-rate <x>", "first learning rate (default: 0.001)", realNumber(0, true))
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
    .addOption(updateOption())
    .addOption(updateSettingsOption())
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .option(
      "--out <folder>",
      "where the record, the weights and, until they are there, the checkpoint go",
      "runs",
    )
    .option("--restart", "start from the beginning, whatever an interrupted run has left")
    .addOption(jsonOption())
    .action(
      async ({
        data,
        cell: cellName,
        layers,
        hidden,
        engine: engineName,
        backend,
        out,
        restart,
        json,
        ...given
      }: TrainArguments) => {
        const options = {
          ...withoutOutputOptions(withoutDataOptions(given)),
          ...outputOptionsOf(given),
        };
        tryFolder(out);
        const cell = stack(...new Array<Cell>(layers).fill(cellNamed(cellName)));
        const { signal, done } = interruptible();
        const engine = engineName ? await openEngine(engineName, backend) : await defaultEngine();
        const opened = await openTask(data, dataOptionsOf(given), signal);
        tellNotices(opened);
        const { task } = opened;
        const progress = progressLine(cell.name);
        const size = hidden === undefined ? {} : { hiddenSize: hidden };
        const configuration = configurationOf(task, cell, { ...options, ...size });
        const id = runId(configuration, task.checksum, codeVersion().version);
        const file = recordFile(out, { configuration, id });
        const weights = file.replace(/json$/, "safetensors");
        tryFiles([file, weights]);
        const checkpoint = checkpointFile(out, id);
        if (restart) removeCheckpoint(checkpoint);
        const run = { ...options, ...size, task, cell, engine, signal, checkpoint };
        const { record, error, ...trained } = await train({ ...run, onProgress: progress.show });
        progress.end();
        writeRecord(out, record);
        writeWeights(weights, { ...trained, data: task.name, run: record.id });
        if (record.status !== "stopped") removeCheckpoint(checkpoint);
        if (json) printJson(summary(record));
        else {
          const compared =
            record.status === "stopped"
              ? []
              : ((await baselinesWithProgress(opened.dataset ?? task, signal)) ?? []);
          report(record, compared, file, weights);
        }
        done();
        if (error) throw error;
      },
    );
}

function report(
  record: RunRecord,
  baselines: readonly Baseline[],
  file: string,
  weights: string,
): void {
  const { configuration: c, results, curve } = record;
  console.log(
    `${plain(record.data.title)}, ${plain(c.cell)}, ${c.hiddenSize} hidden units, ${record.parameters.recurrent.toLocaleString("en")} parameters${c.output === undefined ? "" : `, output ${plain(c.output)}`}${c.transpose === undefined ? "" : `, pieces shifted by up to ${c.transpose} semitones`}`,
  );
  console.log(
    `${c.protocol === "authors" ? "the authors' protocol: " : ""}${record.status} after ${curve.length} epochs, ${record.seconds.toFixed(1)} s on ${record.engine.build}; best epoch ${record.bestEpoch}`,
  );
  if (record.activationBytes !== undefined)
    console.log(
      `activations of the largest batch: ${(record.activationBytes / 2 ** 20).toFixed(1)} MiB`,
    );
  const perSample = (nll: number) =>
    isSpeech(record) ? ` (${(nll / speechWindow.targetSamples).toFixed(3)} per sample)` : "";
  for (const split of splits) {
    const { nllPerStep, nllPerSequence } = results[split];
    console.log(
      `  ${split.padEnd(5)} NLL ${nllPerStep.toFixed(3)} per step${perSample(nllPerStep)}, ${nllPerSequence.toFixed(3)} mean of sequences`,
    );
  }
  for (const { name, test } of baselines)
    console.log(
      `  compare: ${baselineTitles[name]}, test NLL ${test.nllPerStep.toFixed(3)} per step${perSample(test.nllPerStep)}`,
    );
  console.log(`record: ${file}\nweights: ${weights}`);
}

const isSpeech = ({ data }: RunRecord) => data.task?.kind === "speech";

/** What `train --json` prints. */
function summary({
  configuration: c,
  parameters,
  engine,
  curve,
  bestEpoch,
  seconds,
  status,
  results,
}: RunRecord) {
  return {
    cell: c.cell,
    hidden: c.hiddenSize,
    protocol: c.protocol,
    update: c.update,
    ...(c.output === undefined ? {} : { output: c.output }),
    ...(c.transpose === undefined ? {} : { transpose: c.transpose }),
    parameters: parameters.recurrent,
    engine: engine.build,
    seed: c.seed,
    epochs: curve.length,
    bestEpoch,
    seconds,
    status,
    ...results,
  };
}
