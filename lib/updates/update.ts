import type { WordName } from "../compile/word-names.js";
import { elementwiseWords, type Words } from "../compile/words.js";
import { GatedRnnError } from "../errors.js";

/** A value in a rule's equations. Made by the vocabulary only. */
export interface UpdateSymbol {
  /** Place in `UpdateGraph.nodes`. */
  readonly index: number;
}

/** The words in which an update rule is written, beside the element-wise ones: every value is one number for each parameter, or for all. */
export interface UpdateVocabulary<Setting extends string = string> extends Words<UpdateSymbol> {
  /** w: the parameter before the update, without noise. */
  readonly weight: UpdateSymbol;
  /** g: the gradient after rescaling. */
  readonly gradient: UpdateSymbol;
  /** The rate of this update. */
  readonly learningRate: UpdateSymbol;
  /** t: which update this is, from 1 on. */
  readonly count: UpdateSymbol;
  /** What a slot of the rule's memory was after the update before; 0 at first. */
  previous(slot: string): UpdateSymbol;
  /** One of the rule's settings. */
  setting(name: Setting): UpdateSymbol;
}

/** What is taken from the parameter, and every slot's new value by name. */
export type UpdateResults = { readonly step: UpdateSymbol } & Readonly<
  Record<string, UpdateSymbol>
>;

/** One value of an update rule, by what makes it. */
export type UpdateNode =
  | { readonly op: "weight" | "gradient" | "learningRate" | "count" }
  | { readonly op: "previous"; readonly slot: string }
  | { readonly op: "setting"; readonly name: string }
  | { readonly op: WordName; readonly inputs: readonly number[]; readonly constant?: number };

/** A rule's equations as a graph; nodes are in evaluation order. */
export interface UpdateGraph {
  readonly nodes: readonly UpdateNode[];
  /** Index of the step in `nodes`. */
  readonly step: number;
  /** Slots in the order of the results, each with the node that is its new value. */
  readonly slots: readonly { readonly name: string; readonly node: number }[];
}

/** Settings of an update rule by name. */
export type UpdateSettings = Readonly<Record<string, number>>;

/** How a gradient becomes a step: a name, settings with what they are unless told otherwise, and the recorded equations. */
export interface Update {
  readonly name: string;
  readonly settings: UpdateSettings;
  readonly graph: UpdateGraph;
  /** What is wrong with settings that are finite numbers, if anything is: "decay: expected …, got …". */
  readonly check?: (settings: UpdateSettings) => string | undefined;
}

/**
 * Records an update rule: runs its equations once on symbols. Engines compute g (after rescaling) before it, and take `step` from the
 * parameters after it, shortened to the norm that a run allows.
 *
 *   const signs = update("signs", {}, ({ gradient: g, learningRate, times, divide, absolute, maximum }) => ({
 *     step: times(learningRate, divide(g, maximum(absolute(g), 1e-12))),
 *   }));
 *
 * @param settings their names and defaults
 * @param check see `Update`
 * @throws GatedRnnError `graph` for a slot that is read and never set, or a value that is not of these equations
 */
export function update<S extends UpdateSettings>(
  name: string,
  settings: S,
  equations: (vocabulary: UpdateVocabulary<keyof S & string>) => UpdateResults,
  check?: (settings: UpdateSettings) => string | undefined,
): Update {
  const nodes: UpdateNode[] = [];
  const fail = (problem: string): never => {
    throw new GatedRnnError("graph", `update ${name}: ${problem}`);
  };
  const add = (node: UpdateNode): UpdateSymbol => ({ index: nodes.push(node) - 1 });
  const known = (symbol: UpdateSymbol | undefined, where: string) =>
    symbol && symbol.index >= 0 && symbol.index < nodes.length
      ? symbol.index
      : fail(`${where}: expected a value of this rule, got something else`);
  const previous = new Map<string, UpdateSymbol>();
  const once = (slot: string) => {
    const symbol = previous.get(slot) ?? add({ op: "previous", slot });
    previous.set(slot, symbol);
    return symbol;
  };
  const { step, ...slots } = equations({
    ...elementwiseWords<UpdateSymbol>(
      (op, inputs, constant) =>
        add({
          op,
          inputs: inputs.map((input) => known(input, op)),
          ...(constant === undefined ? {} : { constant }),
        }),
      fail,
    ),
    weight: add({ op: "weight" }),
    gradient: add({ op: "gradient" }),
    learningRate: add({ op: "learningRate" }),
    count: add({ op: "count" }),
    previous: once,
    setting: (setting) =>
      Object.hasOwn(settings, setting)
        ? add({ op: "setting", name: setting })
        : fail(`setting: expected one of ${Object.keys(settings).join(", ")}, got ${setting}`),
  });
  for (const slot of previous.keys())
    if (!Object.hasOwn(slots, slot))
      fail(`expected a new value for slot ${slot}, got none; return { step: …, ${slot}: … }`);
  const graph = {
    nodes,
    step: known(step, "step"),
    slots: Object.entries(slots).map(([slot, symbol]) => ({
      name: slot,
      node: known(symbol, slot),
    })),
  };
  return { name, settings, graph, ...(check ? { check } : {}) };
}

/**
 * All of a rule's settings: those that are given, and its defaults for the rest.
 *
 * @throws GatedRnnError `usage` for a setting that the rule does not have or that is out of its range
 */
export function settingsOf(
  { name, settings, check }: Update,
  given: UpdateSettings = {},
  where = `update ${name}`,
): UpdateSettings {
  const bad = (problem: string) => new GatedRnnError("usage", `${where}: ${problem}`);
  for (const setting of Object.keys(given)) {
    const value = given[setting];
    if (!Object.hasOwn(settings, setting))
      throw bad(
        `${setting}: expected a setting of ${name} (${Object.keys(settings).join(", ") || "it has none"}), got another`,
      );
    if (typeof value !== "number" || !Number.isFinite(value))
      throw bad(`${setting}: expected a finite number, got ${String(value)}`);
  }
  const all = { ...settings, ...given };
  const problem = check?.(all);
  if (problem !== undefined) throw bad(problem);
  return all;
}
