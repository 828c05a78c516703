import { cellNamed } from "../cells/index.js";
import type { Engine } from "../engines/engine.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import type { Task } from "../tasks/task.js";
import { train } from "../train/train.js";
import { weightsFile } from "../train/weights-bytes.js";
import { taskOfRun } from "./data.js";
import type {
  ChildMessage,
  ParentMessage,
  RunEnd,
  RunProgress,
  RunRequest,
} from "./run-process.js";

// Runs in a process of their own: requests come in by IPC, progress and then each run's end go out. One as a rule; on a GPU, many side
// by side. "stop" ends a run after its current update; so does losing the parent, or being asked to go. The process ends with its last
// run, unless more may come.
interface Watched {
  readonly controller: AbortController;
  hopeless: boolean;
}
const runs = new Map<number, Watched>();
const stopAll = () => {
  for (const { controller } of runs.values()) stop(controller);
};
const stop = (controller: AbortController) =>
  controller.abort(new GatedRnnError("stopped", "stopped by its supervisor"));
process.on("disconnect", () => {
  stopAll();
  if (runs.size === 0) process.exit();
});
process.on("SIGTERM", stopAll);
// Ctrl-C reaches the whole process group: the parent decides, and says "stop".
process.on("SIGINT", () => {});

/** Resolves when the parent has it: a process that leaves earlier may take a large message with it. */
const send = (message: ChildMessage) =>
  new Promise<void>((resolve) =>
    process.connected ? process.send?.(message, undefined, undefined, () => resolve()) : resolve(),
  );

const interval = 100; // ms between messages of progress

/** A stopped run that has its checkpoint is done: its results so far are nobody's. */
class Interrupted extends Error {}

/** What runs side by side share. */
const engines = new Map<string, Promise<Engine>>();
const tasks = new Map<string, Promise<Task>>();
function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function run(number: number, request: RunRequest, watched: Watched): Promise<RunEnd> {
  const {
    data,
    from = { kind: "opened", data },
    cell,
    engine: name,
    backend,
    sideBySide = 1,
    threads,
    options,
    checkpoint,
  } = request;
  const open = async () =>
    name === undefined ? defaultEngine() : openEngine(name, { backend, sideBySide });
  const engine = await once(engines, JSON.stringify([name, backend, sideBySide]), open);
  const task = await once(tasks, data, () => taskOfRun(from));
  let last = 0;
  let told = 0;
  const leaveWhenStopped = () => {
    if (watched.controller.signal.aborted) throw new Interrupted();
  };
  const trained = train({
    ...options,
    task,
    cell: cellNamed(cell),
    engine,
    threads,
    signal: watched.controller.signal,
    isHopeless: () => watched.hopeless,
    ...(checkpoint ? { checkpoint: checkpoint.file, onCheckpoint: leaveWhenStopped } : {}),
    onDamagedCheckpoint: ({ message: damage }) => {
      const message = `run ${cell} on ${data} begins again: ${damage}`;
      send({ kind: "warning", message, number });
    },
    ...(checkpoint?.seconds === undefined ? {} : { checkpointSeconds: checkpoint.seconds }),
    onProgress: ({ epoch, epochs, epochShare, nllPerStep, seconds, secondsLeft, curve }) => {
      const now = performance.now();
      if (now - last < interval && curve.length === told) return;
      last = now;
      const points = curve.slice(told);
      told = curve.length;
      const share = (epoch - 1 + epochShare) / epochs;
      const valid = curve.at(-1)?.valid.nllPerStep ?? null;
      const progress: RunProgress = {
        kind: "progress",
        share,
        epoch,
        nllPerStep,
        valid,
        seconds,
        secondsLeft,
        points,
      };
      send({ ...progress, number });
    },
  });
  const { record, model, units, parameters } = await trained;
  return {
    kind: "record",
    record,
    weights: weightsFile({ model, units, parameters, data, run: record.id }),
  };
}

async function carryOut(number: number, request: RunRequest): Promise<void> {
  const watched = { controller: new AbortController(), hopeless: false };
  runs.set(number, watched);
  try {
    await send({ ...(await run(number, request, watched)), number });
  } catch (error) {
    const stopped = error instanceof GatedRnnError && error.code === "stopped";
    if (stopped || error instanceof Interrupted) await send({ kind: "interrupted", number });
    else {
      const code = error instanceof GatedRnnError ? error.code : "bug";
      await send({ kind: "error", code, message: (error as Error).message, number });
    }
  }
  runs.delete(number);
  if (runs.size === 0 && !(process.connected && request.sideBySide)) process.exit();
}

process.on("message", (message: ParentMessage) => {
  const watched = runs.get(message.number);
  switch (message.kind) {
    case "stop":
      return watched && stop(watched.controller);
    case "prune":
      if (watched) watched.hopeless = true;
      return;
    case "run":
      carryOut(message.number, message.request);
  }
});
