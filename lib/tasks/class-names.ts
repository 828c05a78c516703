import { GatedRnnError } from "../errors.js";

/** More classes than this are refused: numbers that were taken for classes, rather. */
const mostClasses = 100_000;

/**
 * The names of classes: as given; 0 … n − 1, for how many are given, or for the whole numbers that
 * training has; else training's names in the order of their letters.
 *
 * @param seen the classes of the training split, null for those that are not known
 * @throws GatedRnnError `usage` for fewer than two
 */
export function classNames(
  task: string,
  given: number | readonly string[] | undefined,
  seen: Iterable<unknown>,
): string[] {
  const names = typeof given === "object" ? [...given] : (numbered(given) ?? found(seen));
  if (new Set(names).size !== names.length)
    throw new GatedRnnError("usage", `${task}: expected classes of different names, got twins`);
  if (names.length >= 2 && names.length <= mostClasses) return names;
  throw new GatedRnnError(
    "usage",
    `${task}: expected two classes or more, up to ${mostClasses}, got ${names.length}; name them by \`classes\``,
  );
}

function numbered(count: number | undefined): string[] | undefined {
  if (count === undefined) return undefined;
  const length = Number.isInteger(count) && count > 0 && count <= mostClasses ? count : 0;
  return Array.from({ length }, (_, k) => String(k));
}

function found(seen: Iterable<unknown>): string[] {
  const known = new Set<string | number>();
  for (const value of seen)
    if (typeof value === "string" || typeof value === "number") known.add(value);
  const numbers = [...known].filter((value) => typeof value === "number");
  const whole = numbers.every((value) => Number.isInteger(value) && value >= 0);
  if (numbers.length < known.size || numbers.length === 0 || !whole)
    return [...new Set([...known].map(String))].sort();
  const most = numbers.reduce((a, b) => Math.max(a, b));
  return numbered(most + 1) ?? [];
}
