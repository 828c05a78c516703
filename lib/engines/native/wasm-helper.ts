import { Worker } from "node:worker_threads";
import type { StartHelper } from "./wasm-threads.js";

/** A thread of Node's; it does not keep the process alive. One that cannot begin is never there. */
export const startNodeHelper: StartHelper = (script, message) => {
  const source = `${script}begin(require("node:worker_threads").workerData);`;
  const worker = new Worker(source, { eval: true, workerData: message });
  worker.unref();
  worker.on("error", () => {});
  return { terminate: () => void worker.terminate() };
};
