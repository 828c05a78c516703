import { guarded } from "../door.js";
import type { Engine } from "../engine.js";
import type { Kernels } from "./kernels.js";
import { NativeSession } from "./session.js";
import { NativeStream } from "./stream.js";

/** The engine that a build of the C source makes. */
export function engineOn(name: string, kernels: Kernels): Engine {
  return {
    name,
    build: kernels.build,
    reason: kernels.reason,
    open: guarded(
      name,
      async (model, initial, options) =>
        new NativeSession(kernels, model, initial, options?.threads, "training", options?.update),
      // with more threads, TypeScript itself parts the rows among them by their offsets
      { looksAtColumns: ({ threads = 1 }) => threads === 1 || !kernels.threads },
    ),
    stream: async (model, parameters, streams) =>
      new NativeStream(kernels, model, parameters, streams),
  };
}
