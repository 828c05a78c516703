import type { Command } from "commander";
import { baselines } from "../data/baselines.js";
import { splits } from "../data/dataset.js";
import { openMusic } from "../data/open.js";
import { jsonOption, printJson } from "./options.js";

export function addBaselines(program: Command): void {
  program
    .command("baselines")
    .description("what models without a network reach: independent and Markov Bernoulli per key")
    .option("--data <name>", "data set: jsb, nottingham, musedata, piano-midi or synthetic", "jsb")
    .addOption(jsonOption())
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const dataset = await openMusic(data);
      const results = baselines(dataset);
      if (json)
        return printJson({
          data: dataset.name,
          title: dataset.title,
          synthetic: dataset.synthetic,
          checksum: dataset.checksum,
          baselines: results,
        });
      console.log(`${dataset.title}: NLL in nats, per step (per sequence)`);
      for (const { name, ...nll } of results)
        console.log(
          `  ${name.padEnd(10)}${splits.map((s) => `${s} ${nll[s].nllPerStep.toFixed(3)} (${nll[s].nllPerSequence.toFixed(3)})`).join("  ")}`,
        );
    });
}
