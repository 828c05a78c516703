import { type Command, Option } from "commander";
import { mostSemitones } from "../data/transpose.js";
import { GatedRnnError } from "../errors.js";
import { type NadeCondition, type NadeOrder, nadeConditions, nadeOrders } from "../outputs/nade.js";
import { nadeName } from "../outputs/named.js";
import { defined, wholeNumber } from "./options.js";

/** What a model of keys predicts by, and whether it hears its pieces in other keys, as a command's options have it. */
export interface OutputArguments {
  readonly output?: string;
  readonly nadeHidden?: number;
  readonly nadeOrder?: NadeOrder;
  readonly nadeCondition?: NadeCondition;
  readonly transpose?: number;
}

const usualHidden = 64;

export function addOutputOptions(command: Command): Command {
  return command
    .option(
      "--output <name>",
      'music: bernoulli, each key by itself, or nade, all keys of a chord jointly, also as "nade(64,high-to-low)" (default: bernoulli)',
    )
    .option(
      "--nade-hidden <n>",
      `nade: units that remember the keys of the chord so far (default: ${usualHidden})`,
      wholeNumber(1, 4096),
    )
    .addOption(
      new Option(
        "--nade-order <order>",
        "nade: which keys of a chord are asked first (default: low-to-high)",
      ).choices(nadeOrders),
    )
    .addOption(
      new Option(
        "--nade-condition <which>",
        "nade: which biases follow the recurrent state: both, or those of the keys (default: both)",
      ).choices(nadeConditions),
    )
    .option(
      "--transpose <semitones>",
      "music: shift every training piece by up to so many semitones, up or down, anew every epoch (default: 0)",
      wholeNumber(0, mostSemitones),
    );
}

/**
 * What of it is the run's: the output's full name, and the semitones.
 *
 * @throws GatedRnnError `usage` for options of nade without it
 */
export function outputOptionsOf(args: OutputArguments): {
  readonly output?: string;
  readonly transpose?: number;
} {
  const { output, nadeHidden, nadeOrder, nadeCondition, transpose } = args;
  const some = nadeHidden ?? nadeOrder ?? nadeCondition;
  if (some !== undefined && output !== "nade")
    throw new GatedRnnError(
      "usage",
      `--nade-…: expected --output nade beside it, got ${output === undefined ? "none" : `--output ${output}`}`,
    );
  const options = defined({ order: nadeOrder, condition: nadeCondition });
  const name = output === "nade" ? nadeName(nadeHidden ?? usualHidden, options) : output;
  return defined({ output: name, transpose });
}

/** The rest of a command's options. */
export function withoutOutputOptions<Args extends OutputArguments>(
  args: Args,
): Omit<Args, keyof OutputArguments> {
  const {
    output: _output,
    nadeHidden: _hidden,
    nadeOrder: _order,
    nadeCondition: _condition,
    transpose: _transpose,
    ...rest
  } = args;
  return rest;
}
