import type { SplitRule } from "../data/split-rule.js";
import { GatedRnnError } from "../errors.js";

/**
 * Where one long sequence is cut into its splits: the first part is for training, the last for the
 * test, for what follows must not be known before.
 *
 * @returns where validation and where test begin
 * @throws GatedRnnError `usage` for shares that leave nothing for training
 */
export function cutInPlace(
  name: string,
  length: number,
  { valid = 0.1, test = 0.1 }: SplitRule,
): readonly [number, number] {
  if (valid > 0 && test > 0 && valid + test < 1)
    return [Math.floor(length * (1 - valid - test)), Math.floor(length * (1 - test))];
  throw new GatedRnnError(
    "usage",
    `${name}: expected shares that leave something for training, got ${valid} and ${test}`,
  );
}
