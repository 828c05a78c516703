import type { ConstructorOptions } from "pg-boss" with { "resolution-mode": "import" };

/** The queue's own tables. */
export const queueSchema = "gated_rnn_queue";

/**
 * No clock decides anything: who has fallen silent is found by `SweepQueue` from signs of life, and jobs neither expire nor are
 * deleted. Timers of the library run on a clock that cannot be set.
 */
export const bossOptions = {
  schema: queueSchema,
  schedule: false,
  supervise: false,
  registerInstance: false,
  clock: {
    now: () => Math.round(performance.timeOrigin + performance.now()),
    setTimeout: (work: () => void, ms: number) => setTimeout(work, ms),
    clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
    setInterval: (work: () => void, ms: number) => setInterval(work, ms),
    clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
  },
} satisfies ConstructorOptions;
