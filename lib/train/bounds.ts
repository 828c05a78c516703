import { z } from "zod";
import { shown } from "../data/whole-number.js";

// What numbers an option may be: in the published schemas as bounds, and in words where one is refused.

/** Of counts: what engines count in. */
export const mostCount = 2 ** 31 - 1;
/** Of seeds, which are 32 bits: 0 and 2³² would be the same one. */
export const mostSeed = 2 ** 32 - 1;
/** Of hidden units; long before, a model's size and the machine's memory speak. */
export const mostHidden = 100_000;

const largestFloat = 3.4028234663852886e38;
const smallestFloat = 1.1754943508222875e-38;

export function whole(least: number, most: number, or = "") {
  const error = `expected a whole number from ${least} to ${most}${or}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

export const count = (or?: string) => whole(1, mostCount, or);

/** Numbers above 0 that single precision has. */
export function positive(or = "") {
  const error = `expected a number above 0 and finite${or}`;
  return z.number({ error }).min(smallestFloat, { error }).max(largestFloat, { error });
}

/** Numbers from 0 on that single precision has. */
export function fromZero() {
  const error = "expected a number from 0 on and finite";
  return z.number({ error }).min(0, { error }).max(largestFloat, { error });
}

/** A part of what was before, from 0 to below 1. */
export function share() {
  const error = "expected a number from 0 to below 1";
  return z.number({ error }).min(0, { error }).lt(1, { error });
}

/** What remains in the end: above 0, and at most all of it. */
export function fraction() {
  const error = "expected a number above 0 and at most 1";
  return z.number({ error }).gt(0, { error }).max(1, { error });
}

export function oneOf<const T extends readonly string[]>(names: T) {
  return z.enum(names, { error: `expected ${names.join(" or ")}` });
}

/** What is wrong first with a value, by schemas of these bounds: "run.batchSize: expected …, got NaN". */
export function problemIn(value: unknown, { issues: [issue] }: z.ZodError): string {
  const place = issue.path.map(String);
  const got = place.reduce<unknown>((of, key) => (of as Record<string, unknown>)?.[key], value);
  const where = place.length === 0 ? "" : `${place.join(".")}: `;
  const told = issue.code === "unrecognized_keys" || place.length === 0; // the message says what was got
  return `${where}${issue.message}${told ? "" : `, got ${shown(got)}`}`;
}
