import type { Command } from "commander";
import { type Split, splits } from "../data/dataset.js";
import { datasetNames, openData } from "../data/open.js";
import { baselinesOf } from "../look/baselines.js";
import { baselineTitles } from "../show/index.js";
import type { Dataset } from "../tasks/index.js";
import { speechWindow } from "../tasks/speech.js";
import { jsonOption, printJson } from "./options.js";
import { progressLine } from "./progress.js";
import { interruptible } from "./signals.js";

export function addBaselines(program: Command): void {
  program
    .command("baselines")
    .description(
      "what models without memory reach: music, every key alone and every key given itself a step before; speech, one Gaussian, linear prediction, and the mixture of Gaussians over a layer without recurrence",
    )
    .option("--data <name>", `data set: ${datasetNames.join(", ")}`, "jsb")
    .addOption(jsonOption())
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const { signal, done } = interruptible();
      const dataset = await openData(data, signal);
      const results = await baselinesWithProgress(dataset, signal);
      done();
      if (!results) return;
      const { name, title, synthetic, checksum } = dataset;
      if (json) return printJson({ data: name, title, synthetic, checksum, baselines: results });
      const speech = dataset.kind === "speech";
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
export async function baselinesWithProgress(dataset: Dataset, signal: AbortSignal) {
  const progress = progressLine("baseline without memory");
  try {
    return await baselinesOf(dataset, { signal, onProgress: progress.show });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    progress.end();
  }
}
