import { plain } from "../files/plain.js";
import { writeWholeFile } from "../files/whole-file.js";
import type { TrainedModel } from "../train/weights-bytes.js";

/** Whether a file of this ending is asked for: by a name that has it, or that has none of them. */
export const wants = (name: string, extension: string) =>
  name.toLowerCase().endsWith(extension) || !/\.(mid|wav|txt|csv)$/i.test(name);

export const fileOf = (name: string, extension: string) =>
  name.toLowerCase().endsWith(extension) ? name : `${name}${extension}`;

/** Writes what was generated, and says so. */
export function writeGenerated(
  name: string,
  extension: string,
  contents: Uint8Array | string,
  what: string,
): void {
  const file = fileOf(name, extension);
  writeWholeFile(file, contents);
  console.log(`  ${plain(file)}: ${what}`);
}

/** Says by which model something is generated, and after what. */
export function reportGenerated(
  { model, data, run }: TrainedModel,
  primer: string,
  { seed, temperature }: { readonly seed: number; readonly temperature: number },
): void {
  console.log(
    `${plain(model.cell.name)}, ${model.hiddenSize} hidden units, trained on ${plain(data)} (run ${plain(run)}); seed ${seed}, temperature ${temperature}, after ${plain(primer)}:`,
  );
}
