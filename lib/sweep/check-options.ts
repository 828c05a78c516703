import { z } from "zod";
import { mostThreads } from "../engines/check.js";
import { GatedRnnError } from "../errors.js";
import { fromZero, problemIn, whole } from "../train/bounds.js";

function between(least: number, most: number) {
  const error = `expected a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

/** Longest time in seconds that a timer can be set to: 24 days; it would end a longer one at once. */
const longest = Math.floor((2 ** 31 - 1) / 1000);

/** The numbers among a sweep's options. */
const numbers = z.object({
  slots: whole(1, 1024),
  threads: whole(1, mostThreads).optional(),
  retries: whole(0, 1_000_000).optional(),
  checkpointSeconds: fromZero().optional(),
  heartbeatSeconds: between(10, 86_400).optional(),
  budgetSeconds: between(0, longest).optional(),
});

/** @throws GatedRnnError `usage` for numbers out of range */
export function checkSweepOptions(options: z.infer<typeof numbers>): void {
  const checked = numbers.safeParse(options);
  if (!checked.success)
    throw new GatedRnnError("usage", `sweep: ${problemIn(options, checked.error)}`);
}
