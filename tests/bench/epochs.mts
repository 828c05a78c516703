import { productFlops } from "./cases.mts";
import {
  bernoulli,
  bucketedBatches,
  cellNamed,
  GatedRnnError,
  generator,
  initialState,
  model,
  openData,
  openEngine,
  openMusic,
  paperHiddenSizes,
  speechSetNames,
  taskOf,
} from "./library.mts";
import { settings } from "./peer.mts";

export interface EpochTime {
  readonly set: string;
  readonly cell: string;
  readonly batchSize: number;
  readonly steps: number;
  readonly seconds: number;
}

const sizes = { gru: 46, lstm: 36, tanh: 100 } as const;

/** Seconds of one epoch over each music set's training pieces, whole, on the addon with one thread. Sets that are not there are left out. */
export async function epochTimes(): Promise<EpochTime[]> {
  const engine = await openEngine("native");
  const times: EpochTime[] = [];
  for (const set of ["jsb", "nottingham", "musedata", "piano-midi"]) {
    try {
      const dataset = await openMusic(set);
      for (const batchSize of [2, 16])
        for (const [name, hiddenSize] of Object.entries(sizes)) {
          const m = model(cellNamed(name), dataset.keys, hiddenSize, bernoulli(dataset.keys));
          const batches = bucketedBatches(dataset.train, dataset, {
            batchSize,
            shuffle: generator(1, "bench"),
          });
          const session = await engine.open(m, initialState(m, 1), { threads: 1 });
          await session.trainStep(
            batches.reduce((a, b) => (b.stepOffsets[b.time] > a.stepOffsets[a.time] ? b : a)),
            settings,
          ); // memory
          const begin = performance.now();
          let steps = 0;
          for (const batch of batches) steps += (await session.trainStep(batch, settings)).steps;
          times.push({
            set,
            cell: name,
            batchSize,
            steps,
            seconds: (performance.now() - begin) / 1000,
          });
          await session.close();
        }
    } catch (error) {
      if (!(error instanceof GatedRnnError)) throw error;
      console.error(`left out: ${set}: ${error.message}`);
    }
  }
  return times;
}

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
