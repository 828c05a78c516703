import type { Engine } from "../engines/engine.js";
import type { Task } from "../tasks/task.js";
import { carryOut, type Keeper, type RunSettings, type TrainResult } from "./training.js";
import { packageVersion } from "./version.js";

/** How a run in a page is trained: on what, by which engine, and the settings of `RunSettings`. */
export interface PageTrainOptions extends RunSettings {
  /** Such as `musicTask(dataset)`. */
  readonly task: Task;
  /** From `nativeWasmFrom` or `webGpuInPage`. */
  readonly engine: Engine;
  /** Where the run's state is kept, if it is to go on later; see `memoryKeeper`. */
  readonly keeper?: Keeper;
}

/**
 * Trains one model in a browser page, by the protocol and to the bits of `train` in Node on the same
 * WebAssembly build. Call it in a worker: an update keeps its thread busy for milliseconds.
 *
 * @throws GatedRnnError `usage` for options out of range and a split with nothing to predict;
 * NotFiniteError when the best parameters have no finite NLL
 */
export async function train(options: PageTrainOptions): Promise<TrainResult> {
  const { task, engine, keeper, ...settings } = options;
  const code = { version: packageVersion, commit: null };
  return carryOut(task, settings, { engine, keeper, code, machine: machine() });
}

/** What a page is told of its machine. */
function machine() {
  const { hardwareConcurrency: cores, platform, userAgent } = navigator;
  const { deviceMemory: memoryGiB = 0 } = navigator as { deviceMemory?: number };
  return {
    cpu: "not told to pages",
    cores,
    memoryGiB,
    platform: `page-${platform}`,
    node: userAgent,
  };
}

/**
 * Keeps a run in memory: one that its signal has ended goes on, by `train` with the same keeper and
 * the same options, to the bits that it would have reached undisturbed.
 */
export function memoryKeeper(): Keeper {
  let kept: Parameters<Keeper["write"]>[1] | undefined;
  return {
    seconds: Number.POSITIVE_INFINITY,
    read: (_model, run) => (kept?.run === run ? kept : undefined),
    write: (_model, checkpoint) => {
      kept = checkpoint;
    },
  };
}
