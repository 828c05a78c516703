import { cellNamed } from "../cells/index.js";
import { openData } from "../data/open.js";
import { openEngine } from "../engines/index.js";
import { train } from "../train/train.js";
import type { ChildMessage, RunRequest } from "./slots.js";

// One run in a process of its own: a request comes in by IPC, progress and then the record go out. "stop" ends the run after
// its current update; losing the parent does so too.
const controller = new AbortController();
const send = (message: ChildMessage) => process.send?.(message);
process.on("disconnect", () => controller.abort());
// Ctrl-C reaches the whole process group: the parent decides, and says "stop".
process.on("SIGINT", () => {});

process.on("message", async (message: RunRequest | "stop") => {
  if (message === "stop") return controller.abort();
  try {
    const engine = await openEngine(message.engine, message.backend);
    const dataset = await openData(message.data);
    let last = 0;
    const { record } = await train({
      ...message.options,
      dataset,
      cell: cellNamed(message.cell),
      engine,
      threads: message.threads,
      signal: controller.signal,
      onProgress: ({ epoch, epochs, epochShare, nllPerStep, curve }) => {
        const now = performance.now();
        if (now - last < 100) return;
        last = now;
        send({
          kind: "progress",
          share: (epoch - 1 + epochShare) / epochs,
          epoch,
          nllPerStep,
          valid: curve.at(-1)?.valid.nllPerStep ?? null,
        });
      },
    });
    send({ kind: "record", record });
  } catch (error) {
    send({ kind: "error", message: (error as Error).message });
  }
  process.disconnect?.();
});
