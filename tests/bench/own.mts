// This package's engines as peers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Engine,
  GatedRnnError,
  initialState,
  nativeWasmFrom,
  openEngine,
  packageFolder,
} from "./library.mts";
import { type Peer, settings } from "./peer.mts";
import { tensorflow } from "./tensorflow.mts";

const wasm = (file: string) =>
  nativeWasmFrom(new Uint8Array(readFileSync(join(packageFolder(), "dist", "native", file))));

const openers: readonly (readonly [string, () => Promise<Engine>, number])[] = [
  ["addon", () => openEngine("native"), 1],
  ["addon, 2 threads", () => openEngine("native"), 2],
  ["wasm relaxed", () => wasm("relaxed-simd.wasm"), 1],
  ["wasm, 2 threads", () => openEngine("native-wasm"), 2],
  ["wasm", () => wasm("simd.wasm"), 1],
  ["reference wasm", () => openEngine("reference", "wasm"), 1],
  ["reference cpu", () => openEngine("reference", "cpu"), 1],
];

export async function ownPeers(wanted: (name: string) => boolean): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, open, threads] of openers)
    try {
      if (wanted(name)) peers.push(peer(name, await open(), threads));
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
      console.error(`left out: ${error.message}`);
    }
  return peers;
}

function peer(name: string, engine: Engine, threads: number): Peer {
  return {
    name,
    detail: engine.build,
    open: async ({ model, batch }) => {
      const [, backend] = /^reference (\w+)$/.exec(name) ?? [];
      const session = await engine.open(model, initialState(model, 1), { threads });
      const step = async () => {
        if (backend) await tensorflow(backend); // all peers share one TensorFlow.js, and that has one backend at a time
        const begin = performance.now();
        await session.trainStep(batch, settings);
        return performance.now() - begin;
      };
      return { step, close: () => session.close() };
    },
  };
}
