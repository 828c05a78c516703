import { readFileSync } from "node:fs";
import type { Cell } from "../cells/cell.js";
import { GatedRnnError } from "../errors.js";
import { writeWholeFile } from "../files/whole-file.js";
import { type TrainedModel, weightsFile, weightsFrom } from "./weights-bytes.js";

/**
 * Writes a trained model's parameters as safetensors. The file is whole or not there.
 *
 * @throws GatedRnnError `usage` when the parameters are not the model's, `record` when the file cannot be written
 */
export function writeWeights(file: string, trained: TrainedModel): void {
  writeWholeFile(file, weightsFile(trained));
}

/**
 * Reads a weights file. Pass `cell` for a model whose cell is not the library's.
 *
 * @throws GatedRnnError `record` when there is no such file; BadFileError when it is not one of ours, or its tensors are not the model's
 */
export function readWeights(file: string, cell?: Cell): TrainedModel {
  return weightsFrom(contents(file), file, cell);
}

function contents(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new GatedRnnError(
      "record",
      `${file}: expected a file of weights, got ${(error as Error).message}`,
      { cause: error },
    );
  }
}
