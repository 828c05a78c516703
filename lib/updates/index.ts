import { GatedRnnError } from "../errors.js";
import { adam } from "./adam.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";
import type { Update } from "./update.js";

const updates: readonly Update[] = [rmsprop, adam, sgd];

/** Every rule that has a name on the command line. */
export const updateNames: readonly string[] = updates.map(({ name }) => name);

/** One of the library's rules by name. @throws GatedRnnError `usage` for an unknown name */
export function updateNamed(name: string): Update {
  const found = updates.find((u) => u.name === name);
  if (found) return found;
  throw new GatedRnnError(
    "usage",
    `update: expected one of ${updateNames.join(", ")}, got ${name}`,
  );
}
