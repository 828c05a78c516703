import { dirname, join, sep } from "node:path";
import { GatedRnnError } from "../../errors.js";
import type { Engine } from "../engine.js";
import type { Tensorflow } from "./forward.js";
import { ReferenceSession } from "./session.js";

/**
 * The reference engine: the cell's graph interpreted op by op in TensorFlow.js under its automatic differentiation. Slow,
 * and as readable as the equations: what the other engines are checked against.
 *
 * @param backend a TensorFlow.js backend: "wasm" (default), "cpu", or one that the caller has registered
 * @throws GatedRnnError `engine-missing` when the backend does not start
 */
export async function reference(backend = "wasm"): Promise<Engine> {
  const t = await tensorflow(backend);
  return {
    name: "reference",
    build: `reference ${backend} tfjs ${t.version["tfjs-core"]}`,
    open: async (model, initial) => {
      await t.setBackend(backend);
      return new ReferenceSession(t, model, initial);
    },
  };
}

async function tensorflow(backend: string): Promise<Tensorflow> {
  const t = await import("@tensorflow/tfjs");
  t.env().set("PROD", true); // no advertisement for tfjs-node on standard error
  if (backend === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist") + sep);
  }
  const started = t.findBackendFactory(backend) !== null && (await t.setBackend(backend));
  if (!started)
    throw new GatedRnnError(
      "engine-missing",
      `reference engine: expected a TensorFlow.js backend that starts, got ${backend}; use wasm or cpu`,
    );
  await t.ready();
  return t;
}
