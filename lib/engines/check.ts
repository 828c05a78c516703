import { GatedRnnError } from "../errors.js";
import { type Model, model as makeModel } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { outputFrom } from "../outputs/description.js";
import { isFrom } from "../updates/ranges.js";
import { settingsOf, type Update } from "../updates/update.js";
import type { EngineOptions, StepSettings } from "./engine.js";

// What goes through an engine's door (door.ts), looked at before anything is computed: an engine's loops are bare, and a wrong
// number in them ends the process or, worse, trains on whatever lies behind an array.

/** More threads than this are refused: a mistake rather than a machine. */
export const mostThreads = 256;

/** @throws GatedRnnError `usage` */
export function usage(where: string, problem: string): GatedRnnError {
  return new GatedRnnError("usage", `${where}: ${problem}`);
}

/** Whether a value is a typed array of a class, of whichever realm: a notebook's cells have their own. */
export function isArray(value: unknown, name: "Int32Array" | "Float32Array"): boolean {
  return ArrayBuffer.isView(value) && (value as Int32Array)[Symbol.toStringTag] === name;
}

const isMap = (value: unknown): value is ReadonlyMap<string, Float32Array> =>
  Object.prototype.toString.call(value) === "[object Map]";

/** A value in a message: its kind where its text would be long or say nothing. */
export const shown = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);

/**
 * Sizes that are whole numbers from 1 on, and the parameters that follow from them: `model()` makes such models.
 *
 * @throws GatedRnnError `usage`
 */
export function checkModel(where: string, model: Model): void {
  const bad = (problem: string) => usage(where, `model: ${problem}; make it by model()`);
  if (!model?.cell?.graph || !model.output || !Array.isArray(model.parameters))
    throw bad(`expected a cell, sizes, an output and parameters, got ${shown(model)}`);
  const { cell, inputSize, hiddenSize, output } = model;
  try {
    outputFrom(output);
  } catch (error) {
    throw bad(`expected an output as output() records it, got ${(error as Error).message}`);
  }
  const expected = makeModel(cell, inputSize, hiddenSize, output).parameters;
  if (model.parameters.length !== expected.length)
    throw bad(`expected ${expected.length} parameters, got ${model.parameters.length}`);
  expected.forEach(({ name, role, shape }, k) => {
    const { name: given, role: as, shape: size } = model.parameters[k];
    if (given !== name || as !== role || String(size) !== String(shape))
      throw bad(`expected ${role} ${name} [${shape}], got ${as} ${given} [${size}]`);
  });
}

/**
 * Every parameter in its size, of finite numbers, and no other.
 *
 * @param part what they are: "parameters", or a slot of the optimiser
 * @throws GatedRnnError `usage`
 */
export function checkParameters(
  where: string,
  { parameters }: Pick<Model, "parameters">,
  values: unknown,
  part = "parameters",
): asserts values is ReadonlyMap<string, Float32Array> {
  const bad = (problem: string) =>
    usage(where, `${part}: ${problem}; give those of a model of the same cell and sizes`);
  if (!isMap(values)) throw bad(`expected a Map of arrays by name, got ${shown(values)}`);
  for (const { name, shape } of parameters) {
    const size = shape.reduce((a, b) => a * b, 1);
    const found = values.get(name);
    if (!found || !isArray(found, "Float32Array"))
      throw bad(`expected ${name}, a Float32Array of ${size}, got ${shown(found)}`);
    if (found.length !== size)
      throw bad(`expected ${name} of ${size} numbers, got ${found.length}`);
    const at = firstNotFinite(found);
    if (at >= 0) throw bad(`expected finite numbers in ${name}, got ${found[at]} at ${at}`);
  }
  if (values.size === parameters.length) return;
  const known = new Set(parameters.map(({ name }) => name));
  const other = [...values.keys()].find((name) => !known.has(name));
  throw bad(`expected the model's ${parameters.length} arrays only, got ${shown(other)} too`);
}

/**
 * A state of the model and its update rule: see `checkParameters`, for the parameters and every slot of the optimiser.
 *
 * @throws GatedRnnError `usage`
 */
export function checkState(
  where: string,
  model: Model,
  state: TrainingState,
  { name, graph }: Update,
): void {
  if (typeof state !== "object" || state === null)
    throw usage(where, `state: expected a training state, got ${shown(state)}`);
  checkParameters(where, model, state.parameters);
  const { optimiser }: { readonly optimiser: unknown } = state;
  if (!isMap(optimiser))
    throw usage(where, `optimiser: expected a Map of slots by name, got ${shown(optimiser)}`);
  const slots = graph.slots.map((slot) => slot.name);
  for (const [slot, values] of optimiser) {
    if (!slots.includes(slot))
      throw usage(
        where,
        `optimiser: expected slots of ${name} (${slots.join(", ") || "it has none"}), got ${shown(slot)}; open the session with the rule that the state is of`,
      );
    checkParameters(where, model, values, slot);
  }
  checkWhole(where, "updates", state.updates, 0, 2 ** 32 - 1);
}

/** @throws GatedRnnError `usage` */
export function checkOptions(where: string, options: EngineOptions | undefined): void {
  if (options?.threads !== undefined) checkWhole(where, "threads", options.threads, 1, mostThreads);
  const rule: unknown = options?.update;
  if (rule !== undefined && !(rule as Update)?.graph?.nodes)
    throw usage(where, `update: expected a rule made by update(), got ${shown(rule)}`);
}

/**
 * Settings that leave finite weights finite: single precision has no numbers beyond 3.4e38, nor between 0 and 1.2e-38.
 *
 * @throws GatedRnnError `usage`
 */
export function checkSettings(where: string, settings: StepSettings, rule: Update): void {
  if (typeof settings !== "object" || settings === null)
    throw usage(where, `settings: expected the settings of a step, got ${shown(settings)}`);
  const number = (name: keyof StepSettings, words: string, isIn: (value: number) => boolean) => {
    const value = settings[name];
    if (typeof value !== "number" || !isIn(value))
      throw usage(where, `${name}: expected a number ${words}, got ${shown(value)}`);
  };
  number("learningRate", "from 0 on and finite", isFrom(0));
  number("weightNoise", "from 0 on and finite", isFrom(0));
  checkWhole(where, "noiseSeed", settings.noiseSeed, 0, 2 ** 32 - 1);
  number("maxGradientNorm", "above 0, or Infinity for never", (x) => x > 0);
  if (settings.maxStepNorm !== undefined)
    number("maxStepNorm", "above 0, or Infinity for no limit", (x) => x > 0);
  if (settings.update !== undefined && (typeof settings.update !== "object" || !settings.update))
    throw usage(
      where,
      `update: expected the rule's settings by name, got ${shown(settings.update)}`,
    );
  settingsOf(rule, settings.update, where);
  const { loss = "mean", nonFiniteGradient = "stop" } = settings;
  for (const [what, word, words] of [
    ["loss", loss, ["mean", "sum"]],
    ["nonFiniteGradient", nonFiniteGradient, ["stop", "shrink"]],
  ] as const)
    if (!words.some((known) => known === word))
      throw usage(where, `${what}: expected ${words.join(" or ")}, got ${shown(word)}`);
}

/** @throws GatedRnnError `usage` */
export function checkWhole(
  where: string,
  what: string,
  value: unknown,
  least: number,
  most: number,
): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw usage(
    where,
    `${what}: expected a whole number from ${least} to ${most}, got ${shown(value)}`,
  );
}

/** Index of the first NaN or infinity; −1: none. */
export function firstNotFinite(values: ArrayLike<number>): number {
  // a sum's NaN or infinity tells of one in its terms; only then are they looked at one by one
  let zeros = 0;
  for (let i = 0; i < values.length; i++) zeros += values[i] * 0;
  if (zeros === 0) return -1;
  return Array.prototype.findIndex.call(values, (value: number) => !Number.isFinite(value));
}
