import { GatedRnnError } from "../errors.js";
import { bernoulli } from "./bernoulli.js";
import {
  type NadeCondition,
  type NadeOptions,
  type NadeOrder,
  nade,
  nadeConditions,
  nadeOrders,
} from "./nade.js";
import type { Output } from "./output.js";

/** How an output for keys is asked for by name. */
export const outputNames =
  "bernoulli, or nade(HIDDEN), nade(HIDDEN,high-to-low), nade(HIDDEN,keys)";

/** The name of a NADE by which `outputNamed` makes it: nade(64), nade(64,high-to-low,keys). */
export function nadeName(hidden: number, { order, condition }: NadeOptions = {}): string {
  const others = [
    ...(order === undefined || order === "low-to-high" ? [] : [order]),
    ...(condition === undefined || condition === "both" ? [] : [condition]),
  ];
  return `nade(${[hidden, ...others].join(",")})`;
}

/**
 * An output by its name, for targets as another output has them. Each key by itself (bernoulli), or all keys jointly (nade).
 *
 * @returns it, and its name in one spelling; none for the name of the usual output itself
 * @throws GatedRnnError `usage` for a name that is none, and targets that are no keys
 */
export function outputNamed(
  name: string,
  usual: Output,
): { readonly output: Output; readonly name: string | undefined } {
  if (name === usual.name) return { output: usual, name: undefined };
  const [, hidden, rest = ""] =
    /^nade\((\d+)((?:,[a-z-]+)*)\)$/.exec(name.replaceAll(" ", "")) ?? [];
  if (hidden === undefined && name !== "bernoulli")
    throw new GatedRnnError("usage", `output: expected ${outputNames}, got ${name}`);
  if (usual.target !== "keys")
    throw new GatedRnnError(
      "usage",
      `output: expected ${usual.name}, the only one for data of ${usual.target === "index" ? "classes" : "numbers"}, got ${name}; leave it out`,
    );
  if (hidden === undefined) return { output: bernoulli(usual.targetSize), name };
  const options = optionsOf(rest.split(",").slice(1), name);
  const output = nade(usual.targetSize, Number(hidden), options);
  return { output, name: nadeName(Number(hidden), options) };
}

function optionsOf(words: readonly string[], name: string): NadeOptions {
  let options: NadeOptions = {};
  for (const word of words)
    if (nadeOrders.some((order) => order === word))
      options = { ...options, order: word as NadeOrder };
    else if (nadeConditions.some((condition) => condition === word))
      options = { ...options, condition: word as NadeCondition };
    else
      throw new GatedRnnError(
        "usage",
        `output: expected ${[...nadeOrders, ...nadeConditions].join(", ")} behind the hidden units, got ${word} in ${name}`,
      );
  return options;
}
