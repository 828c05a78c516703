import type { Cell } from "../cells/cell.js";
import { hiddenSizeFor, paperHiddenSizes } from "../cells/size.js";
import { GatedRnnError } from "../errors.js";
import { outputNamed } from "../outputs/named.js";
import type { Task } from "../tasks/task.js";
import { updateNamed } from "../updates/index.js";
import { settingsOf, type Update, type UpdateSettings } from "../updates/update.js";
import { problemIn } from "./bounds.js";
import { protocols } from "./protocol.js";
import { type RunConfiguration, runConfiguration } from "./record.js";

/**
 * What the kind of data decides: hidden units, or parameters of the recurrent layer where the paper
 * does not have the cell or the data; batches; and weight noise, which the paper has on its own data
 * and which other data should be asked for first.
 */
const byKind = {
  music: { sizes: paperHiddenSizes.music, budget: 20_000, batchSize: 2, weightNoise: 0.075 },
  speech: { sizes: paperHiddenSizes.speech, budget: 169_000, batchSize: 8, weightNoise: 0.075 },
  own: { sizes: {}, budget: 20_000, batchSize: 16, weightNoise: 0 },
} as const;

const kindOf = ({ units: { kind } }: Task) =>
  kind === "music" || kind === "speech" ? kind : "own";

/**
 * What a run is unless told otherwise: the paper's protocol with our choices where it says nothing (momentum, ε, batch size, decay
 * of the rate, patience), or with those of the authors' published code; see `protocols`.
 *
 * @param rule the update rule, where it is not one of the library's that `options.update` names
 * @throws GatedRnnError `usage` when an option is out of its range
 */
export function configurationOf(
  task: Task,
  cell: Cell,
  options: Partial<RunConfiguration>,
  rule: Update = updateNamed(options.update ?? "rmsprop"),
): RunConfiguration {
  const given = Object.fromEntries(
    Object.entries({ ...options, ...outputAndKeys(task, options) }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const { budget, batchSize, weightNoise, ...usual } = byKind[kindOf(task)];
  const protocol = runConfiguration.shape.protocol.safeParse(options.protocol);
  const sizes: Readonly<Record<string, number>> = usual.sizes;
  const usualOptions: Partial<RunConfiguration> = {
    hiddenSize: Object.hasOwn(sizes, cell.name)
      ? sizes[cell.name]
      : hiddenSizeFor(cell, task.inputSize, budget),
    seed: 1,
    batchSize,
    weightNoise,
    ...protocols[protocol.data ?? "ours"],
  };
  const names = { data: task.name, cell: cell.name };
  const configuration = { ...names, ...usualOptions, ...given, update: rule.name };
  const checked = runConfiguration.safeParse(configuration);
  if (checked.success) return withRule(checked.data, rule);
  const usualValue = usualOptions[checked.error.issues[0].path[0] as keyof RunConfiguration];
  const remedy = usualValue === undefined ? "" : `; leave it out for ${String(usualValue)}`;
  throw new GatedRnnError("usage", `${problemIn(configuration, checked.error)}${remedy}`);
}

/** The output by its name in one spelling, and shifts of music only; neither where it is as usual. */
function outputAndKeys(
  { output, units: { kind } }: Task,
  { output: name, transpose }: Partial<RunConfiguration>,
): Partial<Record<"output" | "transpose", unknown>> {
  if (transpose && kind !== "music")
    throw new GatedRnnError(
      "usage",
      `transpose: expected data of music, got ${kind}; leave it out`,
    );
  return {
    output: typeof name === "string" ? outputNamed(name, output).name : name,
    transpose: transpose === 0 ? undefined : transpose,
  };
}

/** RMSProp's settings stand among the configuration's own, as they did when there was no other rule. */
function withRule(configuration: RunConfiguration, rule: Update): RunConfiguration {
  const { decay: _, momentum: __, epsilon: ___, updateSettings, ...rest } = configuration;
  if (rule.name !== "rmsprop")
    return { ...rest, rootFloor: 0, updateSettings: settingsOf(rule, updateSettings) };
  const all = settingsOf(rule, { ...ruleSettings(configuration), ...updateSettings });
  return { ...configuration, ...all, updateSettings: {} };
}

/** What a run's update rule is set to. */
export function ruleSettings(configuration: RunConfiguration): UpdateSettings {
  const { decay, momentum, epsilon, rootFloor, update, updateSettings } = configuration;
  if (update !== "rmsprop") return updateSettings;
  const own = { decay, momentum, epsilon, rootFloor };
  return Object.fromEntries(
    Object.entries(own).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** The learning rate of an update: linear decay from the first to `finalLearningRate` of it at the last. */
export function decayedLearningRate(
  { learningRate, finalLearningRate }: RunConfiguration,
  update: number,
  updates: number,
): number {
  return learningRate * (1 - (1 - finalLearningRate) * (updates > 1 ? update / (updates - 1) : 0));
}
