import { productFlops } from "./cases.mts";
import {
  cellNamed,
  GatedRnnError,
  initialState,
  model,
  openData,
  openEngine,
  paperHiddenSizes,
  speechSetNames,
  taskOf,
} from "./library.mts";
import { settings } from "./peer.mts";

export interface SpeechEpochTime {
  readonly set: string;
  readonly cell: string;
  readonly batchSize: number;
  readonly threads: number;
  readonly steps: number;
  readonly seconds: number;
  readonly gflops: number;
}

/** One epoch over the training sequences of the speech sets, mixture loss included, on the addon with one thread and with two. */
export async function speechEpochTimes(): Promise<SpeechEpochTime[]> {
  const engine = await openEngine("native");
  const times: SpeechEpochTime[] = [];
  for (const set of speechSetNames) {
    const dataset = await openData(set).catch((error) => {
      if (!(error instanceof GatedRnnError)) throw error;
      console.error(`left out: ${set}: ${error.message}`);
      return undefined;
    });
    if (dataset?.kind !== "speech") continue;
    const { inputSize, output, epoch } = taskOf(dataset);
    for (const [cell, hiddenSize] of Object.entries(paperHiddenSizes.speech).filter(
      ([name]) => set === "speech-a" || name === "gru",
    ))
      for (const batchSize of [8, 64])
        for (const threads of [1, 2]) {
          const m = model(cellNamed(cell), inputSize, hiddenSize, output);
          const session = await engine.open(m, initialState(m, 1), { threads });
          const { batches } = epoch({ batchSize, maxSteps: 1000, seed: 1, epoch: 1 });
          const [warm] = epoch({ batchSize, maxSteps: 1000, seed: 1, epoch: 1 }).batches;
          await session.trainStep(warm, settings); // memory
          let [steps, seconds, flops] = [0, 0, 0];
          for (const batch of batches) {
            const begin = performance.now();
            steps += (await session.trainStep(batch, settings)).steps;
            seconds += (performance.now() - begin) / 1000;
            flops += productFlops(m, batch);
          }
          times.push({
            set,
            cell,
            batchSize,
            threads,
            steps,
            seconds,
            gflops: flops / seconds / 1e9,
          });
          await session.close();
        }
  }
  return times;
}
