import { type Command, Option } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { plain } from "../files/plain.js";
import type { DataOptions } from "../tasks/data-options.js";
import { memoryTaskNames } from "../tasks/memory.js";
import type { OpenedTask } from "../tasks/opened.js";
import { defined, names, realNumber, wholeNumber } from "./options.js";

/** What `--data` may be. */
export const dataHelp = `a data set (${datasetNames.join(", ")}), a memory task (${memoryTaskNames.join(", ")} steps), or your own: a folder or zip archive of MIDI, WAV, CSV or text files, a CSV file, a text file`;

/** How own data are read, as a command's options have it. */
export interface DataArguments {
  readonly target?: string[];
  readonly input?: string[];
  readonly predict?: DataOptions["predict"];
  readonly of?: DataOptions["of"];
  readonly sequenceColumn?: string;
  readonly textSteps?: number;
  readonly sequenceSamples?: number;
  readonly splitSeed?: number;
  readonly validShare?: number;
  readonly testShare?: number;
}

export function addDataOptions(command: Command): Command {
  return command
    .option(
      "--target <columns>",
      "CSV: what to predict, parted by commas: the next values of numbers, or a class (default: the next values of all that is read)",
      names,
    )
    .option("--input <columns>", "CSV: columns to read (default: all of numbers)", names)
    .addOption(
      new Option(
        "--predict <kind>",
        "CSV: what the target is (default: classes where it is names, else values)",
      ).choices(["values", "classes", "counts"]),
    )
    .addOption(
      new Option(
        "--of <row>",
        "CSV: of which row the target is: the next, the same (step), or the last of a sequence (default: next; of classes step, or sequence where they never change in one)",
      ).choices(["next", "step", "sequence"]),
    )
    .option(
      "--sequence-column <name>",
      "CSV: rows of one value are a sequence (default: a file is one)",
    )
    .option(
      "--text-steps <n>",
      "text: characters before the network begins anew (default: 200)",
      wholeNumber(1),
    )
    .option(
      "--sequence-samples <n>",
      "WAV: samples of a sequence (default: 8000)",
      wholeNumber(30, 10_000_000),
    )
    .option(
      "--split-seed <n>",
      "own data without folders train, valid and test: seed of the split (default: 1)",
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option("--valid-share <x>", "its share for validation (default: 0.1)", realNumber(0, true))
    .option("--test-share <x>", "its share for the test (default: 0.1)", realNumber(0, true));
}

/** A command's options as the reader of own data takes them. */
export function dataOptionsOf(args: DataArguments): DataOptions {
  const { target, input, predict, of, sequenceColumn, textSteps, sequenceSamples } = args;
  const split = defined({ seed: args.splitSeed, valid: args.validShare, test: args.testShare });
  return defined({
    target,
    input,
    predict,
    of,
    sequence: sequenceColumn,
    steps: textSteps,
    sequenceSamples,
    split: Object.keys(split).length > 0 ? split : undefined,
  });
}

/** The rest of a command's options, without those of the data. */
export function withoutDataOptions<Args extends DataArguments>(
  args: Args,
): Omit<Args, keyof DataArguments> {
  const {
    target: _target,
    input: _input,
    predict: _predict,
    of: _of,
    sequenceColumn: _column,
    textSteps: _steps,
    sequenceSamples: _samples,
    splitSeed: _seed,
    validShare: _valid,
    testShare: _test,
    ...rest
  } = args;
  return rest;
}

/** Says on standard error how own data were understood. */
export function tellNotices({ notices }: OpenedTask): void {
  for (const notice of notices) process.stderr.write(`${plain(notice)}\n`);
}
