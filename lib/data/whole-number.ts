import { GatedRnnError } from "../errors.js";
import type { Generator } from "../random/generator.js";

/** A whole number within bounds, as it came. @throws GatedRnnError `usage`, saying what it is: NaN, too, has a name */
export function wholeNumber(
  where: string,
  what: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  throw new GatedRnnError(
    "usage",
    `${where}: expected ${what}, a whole number from ${range}, got ${shown(value)}`,
  );
}

/** A seed: 0 and 2³² would be the same one. */
export const seedNumber = (where: string, seed: number): number =>
  wholeNumber(where, "a seed", seed, 0, 2 ** 32 - 1);

/** @throws GatedRnnError `usage` for what is no generator */
export function checkShuffle(where: string, shuffle: unknown): void {
  if (shuffle === undefined || typeof (shuffle as Partial<Generator>).shuffle === "function")
    return;
  throw new GatedRnnError(
    "usage",
    `${where}: expected a generator to shuffle with, got ${shown(shuffle)}; generator(seed, purpose) makes one`,
  );
}

/** What was given instead of something plain, in a few characters. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? "a list"
      : "an object"
    : String(value);
}
