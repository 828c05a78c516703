import { readFileSync } from "node:fs";
import { z } from "zod";
import { GatedRnnError } from "../errors.js";
import { parseJson } from "../files/json.js";
import type { RunRecord } from "../train/record.js";

const pace = z.object({
  data: z.string(),
  cell: z.string(),
  protocol: z.enum(["ours", "authors"]),
  weightNoise: z.number().nonnegative(),
  /** Processor seconds of an epoch, its validation included. */
  secondsPerEpoch: z.number().positive(),
});

/** How long an epoch of a unit on a data set takes on one machine. */
export type Pace = z.infer<typeof pace>;

/**
 * What `npm run bench -- --paces --json FILE` has measured: all units in turns on one machine.
 *
 * @throws GatedRnnError `record` when there is no such file, or it is none
 */
export function readPaces(file: string): Pace[] {
  try {
    return z.object({ paces: z.array(pace) }).parse(parseJson(readFileSync(file, "utf8"))).paces;
  } catch (error) {
    const why = error instanceof z.ZodError ? error.issues[0].message : (error as Error).message;
    throw new GatedRnnError("record", `${file}: expected paces of epochs, got ${why}`, {
      cause: error,
    });
  }
}

/**
 * Runs with the seconds that their epochs take at the given paces, so that those of different machines, or beside
 * different neighbours, stand on one axis. Where one of the runs has no pace, all keep their own seconds.
 */
export function atPace(runs: readonly RunRecord[], paces: readonly Pace[]): RunRecord[] {
  const known = runs.map(({ configuration: c }) =>
    paces.find(
      ({ data, cell, protocol, weightNoise }) =>
        data === c.data &&
        cell === c.cell &&
        protocol === c.protocol &&
        weightNoise === c.weightNoise,
    ),
  );
  return runs.map((run, k) => {
    const { secondsPerEpoch } = known[k] ?? {};
    if (secondsPerEpoch === undefined || known.includes(undefined)) return run;
    const curve = run.curve.map((point) => {
      const seconds = point.epoch * secondsPerEpoch;
      return { ...point, seconds, cpuSeconds: seconds };
    });
    return { ...run, curve };
  });
}
