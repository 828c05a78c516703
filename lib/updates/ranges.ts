import type { UpdateSettings } from "./update.js";

const largestFloat = 3.4028234663852886e38;

/** The first setting that lies out of its range, in words. */
export function outOfRange(
  settings: UpdateSettings,
  ranges: Readonly<Record<string, readonly [words: string, isIn: (value: number) => boolean]>>,
): string | undefined {
  for (const name of Object.keys(ranges)) {
    const [words, isIn] = ranges[name];
    if (!isIn(settings[name]))
      return `${name}: expected a number ${words}, got ${String(settings[name])}`;
  }
  return undefined;
}

/** A share of what was. */
export const share = ["from 0 to below 1", (x: number) => x >= 0 && x < 1] as const;

/** Numbers that single precision has. */
export const isFrom = (least: number) => (x: number) => x >= least && x <= largestFloat;
