import { cellNamed } from "../cells/index.js";
import { openData } from "../data/open.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { train } from "../train/train.js";
import { weightsFile } from "../train/weights.js";
import type { ChildMessage, ParentMessage, RunRequest } from "./run-process.js";

// One run in a process of its own: a request comes in by IPC, progress and then its end go out. "stop" ends the run after its
// current update; so does losing the parent, or being asked to go.
const controller = new AbortController();
let hopeless = false;
process.on("disconnect", () => controller.abort());
process.on("SIGTERM", () => controller.abort());
// Ctrl-C reaches the whole process group: the parent decides, and says "stop".
process.on("SIGINT", () => {});

/** Resolves when the parent has it: a process that leaves earlier may take a large message with it. */
const send = (message: ChildMessage) =>
  new Promise<void>((resolve) => (process.send ? process.send(message, undefined, undefined, () => resolve()) : resolve()));

const interval = 100; // ms between messages of progress

async function run({ data, cell, engine: name, backend, threads, options, checkpoint }: RunRequest): Promise<ChildMessage> {
  const engine = name === undefined ? await defaultEngine() : await openEngine(name, backend);
  const dataset = await openData(data);
  let last = 0;
  let told = 0;
  const trained = train({
    ...options,
    dataset,
    cell: cellNamed(cell),
    engine,
    threads,
    signal: controller.signal,
    isHopeless: () => hopeless,
    ...(checkpoint ? { checkpoint: checkpoint.file, onCheckpoint: leaveWhenStopped } : {}),
    ...(checkpoint?.seconds === undefined ? {} : { checkpointSeconds: checkpoint.seconds }),
    onProgress: ({ epoch, epochs, epochShare, nllPerStep, seconds, secondsLeft, curve }) => {
      const now = performance.now();
      if (now - last < interval && curve.length === told) return;
      last = now;
      const points = curve.slice(told);
      told = curve.length;
      const share = (epoch - 1 + epochShare) / epochs;
      const valid = curve.at(-1)?.valid.nllPerStep ?? null;
      send({ kind: "progress", share, epoch, nllPerStep, valid, seconds, secondsLeft, points });
    },
  });
  const { record, model, units, parameters } = await trained;
  return { kind: "record", record, weights: weightsFile({ model, units, parameters, data, run: record.id }) };
}

/** A stopped run that has its checkpoint is done here: its results so far are nobody's. */
function leaveWhenStopped(): void {
  if (controller.signal.aborted) leave({ kind: "interrupted" });
}

async function leave(message: ChildMessage): Promise<never> {
  await send(message);
  process.exit();
}

process.on("message", async (message: ParentMessage) => {
  switch (message.kind) {
    case "stop":
      return controller.abort();
    case "prune":
      hopeless = true;
      return;
    case "run":
      try {
        await leave(await run(message.request));
      } catch (error) {
        await leave({ kind: "error", code: error instanceof GatedRnnError ? error.code : "bug", message: (error as Error).message });
      }
  }
});
