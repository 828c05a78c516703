import type { Command } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { mostSemitones } from "../data/transpose.js";
import { GatedRnnError } from "../errors.js";
import { plain } from "../files/plain.js";
import { transposedNll } from "../look/transposed.js";
import { openTask } from "../tasks/open.js";
import { readWeights } from "../train/weights.js";
import { jsonOption, printJson, wholeNumber } from "./options.js";

export function addTranspose(program: Command): void {
  program
    .command("transpose")
    .description(
      "what a model of music pays for the test pieces in other keys: whether it has learnt music, or the keys of its pieces",
    )
    .argument("<weights>", "a .safetensors file that train or sweep has written")
    .option("--data <name>", "a music set or a folder of MIDI files (default: the model's own)")
    .option("--semitones <n>", "how far, up and down", wholeNumber(1, mostSemitones), 5)
    .addOption(jsonOption())
    .action(async (file: string, { data, semitones, json }) => {
      const trained = readWeights(file);
      const name: string = data ?? trained.data;
      if (data === undefined && !datasetNames.includes(name))
        throw new GatedRnnError(
          "usage",
          `transpose: expected --data beside a model of ${plain(name)}, got none`,
        );
      const { dataset } = await openTask(name);
      if (dataset?.kind !== "music")
        throw new GatedRnnError("usage", `transpose: expected data of music, got ${name}`);
      const units = trained.units ?? {
        kind: "music" as const,
        lowestNote: dataset.lowestNote,
        stepsPerQuarter: dataset.stepsPerQuarter ?? 2,
      };
      const found = await transposedNll({ ...trained, units }, dataset.test, semitones);
      const own = found.find((one) => one.semitones === 0)?.nllPerStep ?? Number.NaN;
      if (json) return printJson({ file, data: name, transposed: found });
      console.log("semitones  pieces  test NLL per step  more than in their own key");
      for (const { semitones: shift, nllPerStep, pieces } of found)
        console.log(
          `${String(shift).padStart(9)}  ${String(pieces).padStart(6)}  ${nllPerStep.toFixed(3).padStart(17)}  ${(nllPerStep - own).toFixed(3).padStart(26)}`,
        );
      const others = found.filter((one) => one.semitones !== 0);
      const mean = others.reduce((sum, one) => sum + one.nllPerStep, 0) / others.length;
      console.log(
        `mean of the ${others.length} other keys: ${mean.toFixed(3)}, ${(mean - own).toFixed(3)} more`,
      );
    });
}
