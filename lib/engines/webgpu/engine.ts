import type { Model } from "../../model/model.js";
import { rmsprop } from "../../updates/rmsprop.js";
import type { Update } from "../../updates/update.js";
import { checkModel } from "../check.js";
import { guarded } from "../door.js";
import type { WebGpuEngine, WebGpuOptions } from "./contract.js";
import { Device, describeAdapter } from "./device.js";
import { kernelsOf } from "./kernels.js";
import { Memory } from "./memory.js";
import { WebGpuSession } from "./session.js";
import { SideBySide } from "./side-by-side.js";

/** Sessions of equal models find one another by this. */
const keyOf = ({ cell, inputSize, hiddenSize, output }: Model, update: Update) =>
  JSON.stringify([cell.graph, inputSize, hiddenSize, output, update.graph]);

/**
 * The engine on an adapter, in Node and in a browser page alike. Its device is opened with the first session and keeps no process from
 * ending; a lost device is replaced when the next session is opened.
 *
 * @param findAdapter asked again for every device: an adapter gives only one
 */
export function webGpuOn(
  first: GPUAdapter,
  findAdapter: () => Promise<GPUAdapter>,
  { sideBySide = 1, keepWeights }: WebGpuOptions = {},
): WebGpuEngine {
  const adapter = describeAdapter(first);
  let device: Promise<Device> | undefined;
  let current: Device | undefined;
  const groups = new Map<string, SideBySide>();

  const deviceInUse = async (): Promise<Device> => {
    if (current?.isLost) {
      device = undefined;
      current = undefined;
      groups.clear();
    }
    device ??= findAdapter().then((found) => Device.open(found, keepWeights));
    current = await device;
    return current;
  };

  const groupFor = (model: Model, update: Update, on: Device): SideBySide => {
    const key = keyOf(model, update);
    const known = groups.get(key);
    if (known && !known.isFull) return known;
    const kernels = kernelsOf(model, on, update);
    const memory = new Memory(on, kernels);
    const made: SideBySide = new SideBySide(memory, kernels, sideBySide, () => {
      memory.close();
      if (groups.get(key) === made) groups.delete(key);
    });
    groups.set(key, made);
    return made;
  };

  return {
    name: "webgpu",
    build: `webgpu ${adapter.name}${adapter.isSoftware ? " (software)" : ""}`,
    reason: adapter.isSoftware ? "a program that plays a GPU: for checks, not for speed" : "a GPU",
    adapter,
    usage: () => {
      const { dispatches = 0, hostMilliseconds = 0, bytes = 0 } = current ?? {};
      return { dispatches, hostMilliseconds, bytes };
    },
    loseDevice: () => current?.gpu.destroy(),
    async check(model) {
      checkModel("webgpu engine", model);
      kernelsOf(model, await deviceInUse());
    },
    open: guarded("webgpu", async (model, initial, { update = rmsprop } = {}) => {
      const on = await deviceInUse();
      return WebGpuSession.open(on, model, groupFor(model, update, on), initial);
    }),
  };
}
