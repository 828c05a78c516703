// The built library, inner doors included: benches run what users run, lib/dist, and not the sources.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
const built = (path: string): unknown =>
  require(join(root, "lib", "build", "modules", "lib", path));

export type { Cell } from "../../lib/cells/cell.js";
export type { Batch, Rows } from "../../lib/data/batch.js";
export type { Engine, StepReport } from "../../lib/engines/engine.js";
export type { Model } from "../../lib/model/model.js";

export const {
  cell,
  cellNamed,
  model,
  initialState,
  openData,
  openMusic,
  paperHiddenSizes,
  openEngine,
  stream,
  onnxModel,
  pytorchWeights,
  gru,
  bernoulli,
  categorical,
  gaussianMixture,
  nade,
  generator,
  readRecords,
  train,
} = built("index.js") as typeof import("../../lib/index.js");
export const { webGpu } = built(
  "engines/webgpu/index.js",
) as typeof import("../../lib/engines/webgpu/index.js");
export const { nativeWasmFrom } = built(
  "engines/native/wasm.js",
) as typeof import("../../lib/engines/native/wasm.js");
export const { packageFolder } = built(
  "files/package-folder.js",
) as typeof import("../../lib/files/package-folder.js");
export const { codeVersion, machine } = built(
  "train/provenance.js",
) as typeof import("../../lib/train/provenance.js");
export const { searches } = built(
  "sweep/searches.js",
) as typeof import("../../lib/sweep/searches.js");
export const { taskOf } = built("tasks/index.js") as typeof import("../../lib/tasks/index.js");
export const { speechSetNames } = built(
  "data/speech.js",
) as typeof import("../../lib/data/speech.js");
export const { GatedRnnError } = built("errors.js") as typeof import("../../lib/errors.js");
