// Who carries out the updates of an epoch: this package's engines, PyTorch, JAX and TensorFlow.js, one thread each.
import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { conversation } from "../conversation.mts";
import {
  type Batch,
  cellNamed,
  type Engine,
  GatedRnnError,
  initialState,
  model,
  openEngine,
  pytorchWeights,
  type StepReport,
} from "../library.mts";
import { settings } from "../peer.mts";
import { byHand, laid, tensorflow } from "../tensorflow.mts";
import { check, rowsOf, type Work } from "./work.mts";

export type Update = Pick<StepReport, "nllPerStep" | "gradientNorm">;

/** Milliseconds of updates: of the clock, and of the processor in all threads. */
export interface Spent {
  readonly wallMs: number;
  readonly processorMs: number;
}

export interface OpenEpochPeer {
  /** Rows of a pass, where they are fewer than all. */
  readonly rows: number;
  /** What else it says of this work. */
  readonly note?: string;
  /** The first updates from the beginning, without noise. */
  firstUpdates(): Promise<readonly Update[]>;
  /** All updates once, with noise, one after another. */
  pass(): Promise<Spent>;
  close(): Promise<void>;
}

export interface EpochPeer {
  readonly name: string;
  readonly detail: string;
  /** Our cell that computes what its cell of that name does. */
  readonly twin: (cell: string) => string;
  /** @throws Error when it cannot do this work, and why */
  open(work: Work): Promise<OpenEpochPeer>;
}

const itself = (cell: string) => cell;
const plainSettings = {
  ...settings,
  weightNoise: 0,
  update: { ...settings.update, epsilon: check.epsilon },
};

export async function epochPeers(wanted: (name: string) => boolean): Promise<EpochPeer[]> {
  const own: [string, string, number][] = [
    ["addon", "native", 1],
    ["addon, 2 threads", "native", 2],
    ["wasm", "native-wasm", 1],
  ];
  const peers: EpochPeer[] = [];
  for (const [name, engine, threads] of own)
    try {
      if (wanted(name)) peers.push(ownPeer(name, await openEngine(engine), threads));
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
      console.error(`left out: ${name}: ${error.message}`);
    }
  for (const peer of [torch, jax]) {
    if (!wanted(peer.name)) continue;
    const found = pythonPeer(peer);
    if (found) peers.push(found);
    else
      console.error(
        `left out: ${peer.name}: ${peer.python} has none; pip install ${peer.pip} and name its Python in ${peer.variable}`,
      );
  }
  if (wanted(tensorflowJs.name)) peers.push(tensorflowJs);
  return peers;
}

/** The first updates of an engine of ours, which the peers' are held against. */
export async function firstUpdatesOf(
  engine: Engine,
  on: Work["model"],
  parameters: Work["parameters"],
  batches: readonly Batch[],
): Promise<Update[]> {
  const begin = { ...initialState(on, 1), parameters: new Map(parameters) };
  const session = await engine.open(on, begin, { threads: 1 });
  const made: Update[] = [];
  for (const batch of batches.slice(0, check.updates))
    made.push(await session.trainStep(batch, plainSettings));
  await session.close();
  return made;
}

function ownPeer(name: string, engine: Engine, threads: number): EpochPeer {
  return {
    name,
    detail: engine.build,
    twin: itself,
    open: async ({ model: on, parameters, batches }) => {
      const session = await engine.open(on, initialState(on, 1), { threads });
      return {
        rows: rowsOf(batches),
        firstUpdates: () => firstUpdatesOf(engine, on, parameters, batches),
        pass: () =>
          spentOn(async () => {
            for (const batch of batches) await session.trainStep(batch, settings);
          }),
        close: () => session.close(),
      };
    },
  };
}

/** What some work in this process takes. */
async function spentOn(work: () => Promise<void>): Promise<Spent> {
  const [wall, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - wall, processorMs: (user + system) / 1000 };
}

interface PythonPeer {
  readonly name: string;
  readonly pip: string;
  readonly variable: string;
  readonly python: string;
  readonly script: string;
  readonly detail: (version: string) => string;
  readonly twin: (cell: string) => string;
  /** What the script needs of the work beside batches and sizes. */
  readonly beginning: (work: Work) => object;
}

const arraysOf = (
  tensors: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>,
) =>
  Object.fromEntries(
    [...tensors].map(([name, { shape, values }]) => [name, { shape, values: [...values] }]),
  );

const twins: Readonly<Record<string, string>> = { gru: "gru-after", lstm: "lstm-no-peepholes" };
const torchTwin = (cell: string) => twins[cell] ?? cell;

/** Our cell that computes what PyTorch's does, with values of its own. */
export function twinOf({ model: on, parameters }: Work, twin: (cell: string) => string) {
  if (twin(on.cell.name) === on.cell.name) return { model: on, parameters };
  const { inputSize, hiddenSize, output } = on;
  const other = model(cellNamed(twin(on.cell.name)), inputSize, hiddenSize, output);
  return { model: other, parameters: initialState(other, 1).parameters };
}

const torch: PythonPeer = {
  name: "PyTorch",
  pip: "torch==2.13.0",
  variable: "GATED_RNN_TORCH_PYTHON",
  python: process.env.GATED_RNN_TORCH_PYTHON ?? "python3",
  script: "torch_epochs.py",
  detail: (version) => `PyTorch ${version}, nn.GRU, nn.LSTM, nn.RNN on packed sequences, 1 thread`,
  twin: torchTwin,
  beginning: (work) => ({
    state: arraysOf(pytorchWeights({ ...twinOf(work, torchTwin), data: "", run: "" }).tensors),
  }),
};

const jax: PythonPeer = {
  name: "JAX",
  pip: "jax==0.10.2",
  variable: "GATED_RNN_JAX_PYTHON",
  python: process.env.GATED_RNN_JAX_PYTHON ?? "python3",
  script: "jax_epochs.py",
  detail: (version) =>
    `JAX ${version}, lax.scan under jit, 1 thread, batches padded to four lengths, compiled beforehand`,
  twin: itself,
  beginning: ({ model: on, parameters }) => ({
    parameters: arraysOf(
      new Map(
        on.parameters.map(({ name, shape }) => [
          name,
          { shape, values: parameters.get(name) as Float32Array },
        ]),
      ),
    ),
  }),
};

/** A Python process for every work; undefined where its Python lacks the library. */
function pythonPeer(peer: PythonPeer): EpochPeer | undefined {
  const script = fileURLToPath(new URL(peer.script, import.meta.url));
  let version: string;
  try {
    version = execFileSync(peer.python, [script, "--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
  return {
    name: peer.name,
    detail: peer.detail(version),
    twin: peer.twin,
    open: async (work) => {
      const child = spawn(peer.python, [script], {
        stdio: ["pipe", "pipe", "pipe"],
        env: { ...process.env, OMP_NUM_THREADS: "1" },
      });
      const { answer, end } = conversation(child);
      const { cell, batchSize, batches } = work;
      const { inputSize, hiddenSize, output } = work.model;
      const { update, ...others } = settings;
      const said = await answer<{ paddedRows?: number; shapes?: number }>({
        ...{ cell, batchSize, inputSize, hiddenSize, readoutSize: output.readoutSize, check },
        ...peer.beginning(work),
        settings: { ...others, ...update },
        batches: batches.map(({ stepOffsets, input, target }) => ({
          stepOffsets: [...stepOffsets],
          input: sparse(input),
          target: sparse(target),
        })),
      });
      const rows = rowsOf(batches);
      const padding = said.paddedRows && (said.paddedRows / rows - 1) * 100;
      return {
        rows,
        ...(padding === undefined
          ? {}
          : { note: `padding adds ${padding.toFixed(0)} % of the rows, ${said.shapes} shapes` }),
        firstUpdates: () => answer<Update[]>("first updates"),
        pass: () => answer<Spent>("pass"),
        close: async () => end(),
      };
    },
  };
}

function sparse(rows: Batch["input"]): { offsets: number[]; columns: number[] } {
  if (rows.kind === "dense") throw new Error("expected piano-rolls, got dense rows");
  return { offsets: [...rows.offsets], columns: [...rows.columns] };
}

/** It is so much slower that its passes are over the first batches only. */
const tensorflowUpdates = 3;

const tensorflowJs: EpochPeer = {
  name: "tfjs wasm by hand",
  detail: `TensorFlow.js op by op on its wasm backend; its first ${tensorflowUpdates} updates stand for all`,
  twin: itself,
  open: async ({ model: on, parameters, batches }) => {
    const t = await tensorflow("wasm");
    const first = batches.slice(0, Math.max(tensorflowUpdates, check.updates));
    const data = first.map((batch) => laid(t, batch));
    const network = byHand(t, on, "music", settings, parameters);
    const updated = async (by: ReturnType<typeof byHand>, batch: (typeof data)[number]) => {
      const { nllPerStep, gradientNorm } = by.update(batch);
      const made = {
        nllPerStep: (await nllPerStep.data())[0],
        gradientNorm: (await gradientNorm.data())[0],
      };
      t.dispose([nllPerStep, gradientNorm]);
      return made;
    };
    const timed = data.slice(0, tensorflowUpdates);
    return {
      rows: rowsOf(first.slice(0, tensorflowUpdates)),
      firstUpdates: async () => {
        const plain = byHand(t, on, "music", plainSettings, parameters);
        const made: Update[] = [];
        for (const batch of data.slice(0, check.updates)) made.push(await updated(plain, batch));
        plain.dispose();
        return made;
      },
      pass: () =>
        spentOn(async () => {
          for (const batch of timed) await updated(network, batch);
        }),
      close: async () => {
        for (const { x, target } of data) t.dispose([x, target]);
        network.dispose();
      },
    };
  },
};
