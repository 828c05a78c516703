import { Worker } from "node:worker_threads";
import type { StartHelper } from "./wasm-threads.js";

/** A thread of Node's; it does not keep the process alive. */
export const startNodeHelper: StartHelper = (script, message) => {
  const source = `${script}begin(require("node:worker_threads").workerData);`;
  const worker = new Worker(source, { eval: true, workerData: message });
  worker.unref();
  return { terminate: () => void worker.terminate() };
};
