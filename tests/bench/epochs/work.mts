import {
  type Batch,
  bernoulli,
  cellNamed,
  GatedRnnError,
  initialState,
  type Model,
  model,
  openMusic,
  paperHiddenSizes,
  taskOf,
} from "../library.mts";

/** The first updates of a training epoch, in the order of our trainer: what every peer carries out. */
export interface Work {
  readonly set: string;
  /** Composed data in place of a set that is not there. */
  readonly synthetic: boolean;
  readonly cell: keyof typeof paperHiddenSizes.music;
  readonly batchSize: number;
  readonly model: Model;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly batches: readonly Batch[];
  /** Of the whole epoch. */
  readonly epochUpdates: number;
  readonly epochRows: number;
}

export const rowsOf = (batches: readonly Batch[]) =>
  batches.reduce((rows, { stepOffsets, time }) => rows + stepOffsets[time], 0);

/** Updates of losses that are compared before time is taken, without noise, which every library draws in its own way. */
export const check = {
  updates: 3,
  /** So small that it does not matter whether it stands under the root or beside it, as PyTorch has it. */
  epsilon: 1e-20,
};

/** The trainer's cut of longer pieces. */
const maxSteps = 1000;

export interface Chosen {
  readonly sets: readonly string[];
  readonly cells: readonly string[];
  readonly batchSizes: readonly number[];
  /** Updates of an epoch. */
  readonly updates: number;
}

/** @throws GatedRnnError `usage` for a name that there is not */
export async function works({ sets, cells, batchSizes, updates }: Chosen): Promise<Work[]> {
  const found: Work[] = [];
  for (const set of sets) {
    const dataset = await openMusic(set).catch((error) => {
      if (!(error instanceof GatedRnnError) || error.code === "usage") throw error;
      console.error(`${set}: synthetic chorales in its place: ${error.message}`);
      return openMusic("synthetic");
    });
    for (const cell of cells)
      for (const batchSize of batchSizes) {
        if (!Object.hasOwn(paperHiddenSizes.music, cell))
          throw new GatedRnnError(
            "usage",
            `--cells: expected some of ${Object.keys(paperHiddenSizes.music).join(", ")}, got ${cell}`,
          );
        const name = cell as Work["cell"];
        const { keys } = dataset;
        const on = model(cellNamed(name), keys, paperHiddenSizes.music[name], bernoulli(keys));
        const all = [...taskOf(dataset).epoch({ batchSize, maxSteps, seed: 1, epoch: 1 }).batches];
        found.push({
          set,
          synthetic: dataset.synthetic,
          cell: name,
          batchSize,
          model: on,
          parameters: initialState(on, 1).parameters,
          batches: all.slice(0, updates),
          epochUpdates: all.length,
          epochRows: rowsOf(all),
        });
      }
  }
  return found;
}
