import type { Engine } from "../engine.js";
import { addonKernels } from "./addon.js";
import type { Kernels } from "./kernels.js";
import { NativeSession } from "./session.js";

/**
 * The native engine: the compiled program, carried out by one C source. The whole training step, time loop included, is one
 * call.
 *
 * @throws GatedRnnError `engine-missing` when there is no build for this machine
 */
export async function nativeAddon(): Promise<Engine> {
  return engineOn(addonKernels());
}

function engineOn(kernels: Kernels): Engine {
  return {
    name: "native",
    build: kernels.build,
    open: async (model, initial, options) => new NativeSession(kernels, model, initial, options?.threads ?? 1),
  };
}
