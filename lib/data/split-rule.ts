import { GatedRnnError } from "../errors.js";
import { generator } from "../random/generator.js";
import type { Split } from "./dataset.js";
import { seedNumber } from "./whole-number.js";

/** How files without splits of their own are split; the same files give the same split. */
export interface SplitRule {
  /** Seed of the assignment (default 1). */
  readonly seed?: number;
  /** Share of the groups for validation and for test (default 0.1 each); at least one group each. */
  readonly valid?: number;
  /** See `valid`. */
  readonly test?: number;
}

/** Names of folders that say which split their files belong to. */
const folders: ReadonlyMap<string, Split> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["valid", "valid"],
  ["validation", "valid"],
  ["dev", "valid"],
  ["test", "test"],
  ["testing", "test"],
]);

/** The split that a file's path names by one of its folders, the outermost if several do. */
export function splitOfPath(name: string): Split | undefined {
  const parts = name.split("/").slice(0, -1);
  return parts.map((part) => folders.get(part.toLowerCase())).find((split) => split !== undefined);
}

/**
 * Which split each group goes to: everything of one group (a piece, a speaker) into the same. The groups are put in order and
 * shuffled by the seed, so the outcome does not depend on the order in which they were found.
 *
 * @throws GatedRnnError `usage` for fewer than three groups, or shares that leave nothing for training
 */
export function splitGroups(
  groups: Iterable<string>,
  { seed = 1, valid = 0.1, test = 0.1 }: SplitRule = {},
): Map<string, Split> {
  seedNumber("split", seed);
  const all = generator(seed, "split").shuffle([...new Set(groups)].sort());
  const count = (share: number) => Math.max(1, Math.round(share * all.length));
  const [validCount, testCount] = [count(valid), count(test)];
  if (!(valid >= 0 && test >= 0) || validCount + testCount >= all.length)
    throw new GatedRnnError(
      "usage",
      `split: expected at least three groups and shares that leave some for training, got ${all.length} groups, shares ${valid} and ${test}`,
    );
  return new Map(
    all.map((group, i) => [
      group,
      i < testCount ? "test" : i < testCount + validCount ? "valid" : "train",
    ]),
  );
}
