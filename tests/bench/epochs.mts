import { bernoulli, bucketedBatches, cellNamed, GatedRnnError, generator, initialState, model, openEngine, openMusic } from "./library.mts";
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
          const batches = bucketedBatches(dataset.train, dataset, { batchSize, shuffle: generator(1, "bench") });
          const session = await engine.open(m, initialState(m, 1), { threads: 1 });
          await session.trainStep(
            batches.reduce((a, b) => (b.stepOffsets[b.time] > a.stepOffsets[a.time] ? b : a)),
            settings,
          ); // memory
          const begin = performance.now();
          let steps = 0;
          for (const batch of batches) steps += (await session.trainStep(batch, settings)).steps;
          times.push({ set, cell: name, batchSize, steps, seconds: (performance.now() - begin) / 1000 });
          await session.close();
        }
    } catch (error) {
      if (!(error instanceof GatedRnnError)) throw error;
      console.error(`left out: ${set}: ${error.message}`);
    }
  }
  return times;
}
