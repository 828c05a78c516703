import { join } from "node:path";
import { z } from "zod";
import { memoryless } from "../cells/memoryless.js";
import { type Baseline, baselines } from "../data/baselines.js";
import type { SpeechDataset } from "../data/dataset.js";
import { dataFolder } from "../data/music-sets.js";
import { speechBaselines } from "../data/speech-baselines.js";
import { readSealed, sealed } from "../files/sealed-json.js";
import { writeWholeFile } from "../files/whole-file.js";
import type { Dataset } from "../tasks/index.js";
import type { Task } from "../tasks/task.js";
import { notebookCell } from "../train/notebook-cell.js";
import { splitNll } from "../train/record.js";
import { type TrainOptions, train } from "../train/train.js";
import { ownBaselines } from "./own-baselines.js";

/** How the layer without memory is trained: it has converged by then. */
const memorylessRun = {
  epochs: 8,
  learningRate: 1e-3,
  weightNoise: 0,
  batchSize: 8,
  seed: 1,
} as const;

const kept = z.object({
  baselines: z.array(
    z.object({
      name: z.enum(["gaussian", "autoregressive", "memoryless"]),
      train: splitNll,
      valid: splitNll,
      test: splitNll,
    }),
  ),
});

/**
 * All that a data set can be compared with. Of music: see `baselines`. Of speech: see `speechBaselines`, and `memoryless`: the
 * mixture of Gaussians over a layer that sees the step's 20 samples and remembers nothing, trained for a few epochs. Those of speech take a
 * minute; they are kept with the data. Of a task: see `ownBaselines`.
 *
 * @throws what `train` throws; the signal's reason when it comes first
 */
export async function baselinesOf(
  dataset: Dataset | Task,
  options: Pick<TrainOptions, "engine" | "signal" | "onProgress"> = {},
): Promise<Baseline[]> {
  if (!("kind" in dataset)) return ownBaselines(dataset);
  if (dataset.kind === "music") return baselines(dataset);
  const file = baselinesFile(dataset);
  const found = read(file);
  if (found) return found;
  const { record, error } = await train({
    ...options,
    ...memorylessRun,
    dataset,
    cell: memoryless,
  });
  options.signal?.throwIfAborted();
  notebookCell()?.signal.throwIfAborted();
  if (error) throw error;
  const { train: training, valid, test } = record.results;
  const computed: Baseline[] = [
    ...speechBaselines(dataset),
    { name: "memoryless", train: training, valid, test },
  ];
  writeWholeFile(file, `${JSON.stringify(sealed({ baselines: computed }), null, 1)}\n`);
  return computed;
}

const baselinesFile = ({ name, checksum }: SpeechDataset) =>
  join(dataFolder(), "baselines", `${name}-${checksum.slice(0, 16)}.json`);

/** What another version has left, or a file that is damaged, is computed again. */
function read(file: string): Baseline[] | undefined {
  try {
    return readSealed(file, kept, { expected: "kept baselines", remedy: "compute them again" })
      .baselines;
  } catch {
    return undefined;
  }
}
