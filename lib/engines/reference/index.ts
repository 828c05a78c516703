import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { gru } from "../../cells/gru.js";
import { lstm } from "../../cells/lstm.js";
import { dataFolder } from "../../data/music-sets.js";
import { GatedRnnError } from "../../errors.js";
import { installCommand, notInstalled } from "../../files/optional-package.js";
import { packageFolder } from "../../files/package-folder.js";
import type { Model } from "../../model/model.js";
import { guarded } from "../door.js";
import type { Engine } from "../engine.js";
import type { Tensorflow } from "./forward.js";
import { fusedGru, fusedLstm } from "./fused.js";
import { type HiddenStates, ReferenceSession } from "./session.js";

/**
 * The reference engine: the cell's graph interpreted op by op in TensorFlow.js under its automatic differentiation. Slow,
 * and as readable as the equations: what the other engines are checked against.
 *
 * @param backend a TensorFlow.js backend: "wasm" (default), "cpu", "tensorflow" (`npm run setup:tensorflow` makes it), or one that the caller has
 * registered
 * @throws GatedRnnError `engine-missing` when the backend does not start
 */
export async function reference(backend = "wasm"): Promise<Engine> {
  const t = await tensorflow(backend);
  return {
    name: "reference",
    build: `reference ${backend} tfjs ${t.version["tfjs-core"]}${backend === "tensorflow" ? ` on TensorFlow ${tensorflowVersion(t)}` : ""}`,
    open: guarded("reference", async (model, initial, options) => {
      await t.setBackend(backend);
      return new ReferenceSession(
        t,
        model,
        initial,
        backend === "tensorflow" ? fused(t, model) : undefined,
        options?.update,
      );
    }),
  };
}

/** How TensorFlow makes a model's hidden states in fewer calls; undefined where it has no op for the cell. */
function fused(t: Tensorflow, model: Model): HiddenStates | undefined {
  if (model.cell === gru) return (...of) => fusedGru(t, model, ...of);
  if (model.cell !== lstm) return undefined;
  const int64 = int64Scalars();
  return (...of) => fusedLstm(t, model, ...of, int64);
}

async function tensorflow(backend: string): Promise<Tensorflow> {
  const t = backend === "tensorflow" ? tfjsNode() : await import("@tensorflow/tfjs").catch(missing);
  t.env().set("PROD", true); // no advertisement for tfjs-node on standard error
  if (backend === "wasm") {
    const wasm = await import("@tensorflow/tfjs-backend-wasm").catch(missing);
    wasm.setWasmPaths(
      join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist") + sep,
    );
  }
  const started = t.findBackendFactory(backend) !== null && (await t.setBackend(backend));
  if (!started)
    throw new GatedRnnError(
      "engine-missing",
      `reference engine: expected a TensorFlow.js backend that starts, got ${backend}; use wasm, cpu or tensorflow`,
    );
  await t.ready();
  return t;
}

const missing = notInstalled("reference engine", "engine-missing", [
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-backend-wasm",
]);

/** Where setup-tensorflow.mjs puts it. */
const tensorflowFolder = () => process.env.GATED_RNN_TENSORFLOW || join(dataFolder(), "tensorflow");

const ownTfjsNode = () => join(tensorflowFolder(), "node_modules", "@tensorflow", "tfjs-node");
const tfjsNodeNames = () =>
  existsSync(ownTfjsNode())
    ? [ownTfjsNode()]
    : ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/** tfjs-node's own 64-bit numbers; it has them for TensorBoard. */
function int64Scalars(): (value: number) => unknown {
  const loaded = tfjsNodeNames().find((name) =>
    Object.keys(require.cache).some((file) => file.startsWith(dirname(require.resolve(name)))),
  );
  const { Int64Scalar } = require(
    join(dirname(require.resolve(loaded as string)), "int64_tensors.js"),
  );
  return (value) => new Int64Scalar(value);
}

/** The script lies in the project's folder only; the published package is too old for Node 24, and its TensorFlow is of 2021. */
const tfjsNodeRemedy = () =>
  existsSync(join(packageFolder(), "engines", "reference", "setup-tensorflow.mjs"))
    ? "npm run setup:tensorflow (or setup:cuda) makes it"
    : `${installCommand(["@tensorflow/tfjs-node"])} (on Node 20 or 22)`;

/** TensorFlow.js on TensorFlow's own library: that of setup-tensorflow.mjs, else one that the user has installed. */
function tfjsNode(): Tensorflow {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true"; // TensorFlow takes the whole GPU else
  const own = ownTfjsNode();
  const problems: string[] = [];
  for (const name of tfjsNodeNames()) {
    try {
      const found: Tensorflow = require(name);
      if (found.findBackendFactory("tensorflow")) return found; // another package under its name has none
    } catch (error) {
      problems.push((error as Error).message.split("\n")[0]);
    }
  }
  throw new GatedRnnError(
    "engine-missing",
    existsSync(own)
      ? `reference engine: expected tfjs-node in ${tensorflowFolder()} to start, got ${problems.join("; ")}; run npm run setup:tensorflow again`
      : `reference engine: expected tfjs-node for the backend tensorflow, got none; ${tfjsNodeRemedy()}`,
  );
}

function tensorflowVersion(t: Tensorflow): string {
  const { binding } = t.backend() as unknown as {
    readonly binding?: { readonly TF_Version?: string };
  };
  return binding?.TF_Version ?? "of unknown version";
}
