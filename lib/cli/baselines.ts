import type { Command } from "commander";
import { type Split, splits } from "../data/dataset.js";
import { baselinesOf } from "../look/baselines.js";
import { baselineTitles } from "../show/baseline-rows.js";
import type { Dataset } from "../tasks/index.js";
import { openTask } from "../tasks/open.js";
import { speechWindow } from "../tasks/speech.js";
import type { Task } from "../tasks/task.js";
import {
  addDataOptions,
  type DataArguments,
  dataHelp,
  dataOptionsOf,
  tellNotices,
} from "./data-options.js";
import { jsonOption, printJson } from "./options.js";
import { progressLine } from "./progress.js";
import { interruptible } from "./signals.js";

interface BaselinesArguments extends DataArguments {
  readonly data: string;
  readonly json?: boolean;
}

export function addBaselines(program: Command): void {
  addDataOptions(program.command("baselines"))
    .description(
      "what models without memory reach: music, every key alone and every key given itself a step before; speech, one Gaussian, linear prediction, and the mixture of Gaussians over a layer without recurrence; own data, frequencies, means, and what was last",
    )
    .option("--data <name>", dataHelp, "jsb")
    .addOption(jsonOption())
    .action(async ({ data, json, ...given }: BaselinesArguments) => {
      const { signal, done } = interruptible();
      const opened = await openTask(data, dataOptionsOf(given), signal);
      tellNotices(opened);
      const { task } = opened;
      const results = await baselinesWithProgress(opened.dataset ?? task, signal);
      done();
      if (!results) return;
      const { name, title, synthetic, checksum } = task;
      if (json) return printJson({ data: name, title, synthetic, checksum, baselines: results });
      const speech = task.units.kind === "speech";
      console.log(
        `${title}: NLL in nats, per step${speech ? ` of ${speechWindow.targetSamples} samples` : ""} (mean of sequences)`,
      );
      for (const { name, ...nll } of results) {
        const numbers = (split: Split) =>
          `${nll[split].nllPerStep.toFixed(3)} (${nll[split].nllPerSequence.toFixed(3)})`;
        console.log(
          `  ${baselineTitles[name].padEnd(30)}${splits.map((s) => `${s} ${numbers(s)}`).join("  ")}`,
        );
      }
    });
}

/** The baselines of a data set; nothing when the signal came first. */
export async function baselinesWithProgress(data: Dataset | Task, signal: AbortSignal) {
  const progress = progressLine("baseline without memory");
  try {
    return await baselinesOf(data, { signal, onProgress: progress.show });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    progress.end();
  }
}
