// The built library, inner doors included: what users run is what is killed here.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const command = join(root, "lib", "bin", "gated-rnn.cjs");
const require = createRequire(import.meta.url);
const built = (path: string): unknown =>
  require(join(root, "lib", "build", "modules", "lib", path));

export const {
  bernoulli,
  cellNamed,
  defaultEngine,
  generator,
  model,
  openData,
  readRecord,
  train,
} = built("index.js") as typeof import("../../lib/index.js");
export const { configurationOf } = built(
  "train/configuration.js",
) as typeof import("../../lib/train/configuration.js");
export const { taskOf } = built("tasks/index.js") as typeof import("../../lib/tasks/index.js");
export const { readCheckpoint } = built(
  "train/checkpoint.js",
) as typeof import("../../lib/train/checkpoint.js");
export const { openDatabase } = built(
  "sweep/open-database.js",
) as typeof import("../../lib/sweep/open-database.js");
export const { SweepQueue } = built("sweep/queue.js") as typeof import("../../lib/sweep/queue.js");
export const { codeVersion, machine } = built(
  "train/provenance.js",
) as typeof import("../../lib/train/provenance.js");
export const { runId } = built("train/run-id.js") as typeof import("../../lib/train/run-id.js");
