import { InvalidArgumentError, Option } from "commander";
import { nameList } from "../cells/name-list.js";
import { engineNames } from "../engines/index.js";
import { protocolNames } from "../train/record.js";
import { updateNames } from "../updates/index.js";

/** The options that were given. */
export function defined<T extends object>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** An option's text as a whole number in a range. */
export function wholeNumber(
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(
        `expected a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}, got ${text}.`,
      );
    return value;
  };
}

/** An option's text as a finite number that is at least `least`, or above it when `above` is set. */
export function realNumber(least: number, above = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (
      text.trim() === "" ||
      !Number.isFinite(value) ||
      value < least ||
      (above && value === least)
    )
      throw new InvalidArgumentError(
        `expected a number ${above ? "above" : "from"} ${least}, got ${text}.`,
      );
    return value;
  };
}

/** An option's text as names parted by commas; stack(gru,gru) is one name. */
export const names = nameList;

export const engineOption = () =>
  new Option("--engine <name>", "engine (default: the fastest that runs here)").choices(
    engineNames,
  );
export const backendOption = () =>
  new Option(
    "--backend <name>",
    "reference engine: TensorFlow.js backend: wasm, cpu or tensorflow; webgpu engine: gpu or software",
  );
export const threadsOption = () =>
  new Option("--threads <n>", "threads of one run (native engine)")
    .argParser(wholeNumber(1, 256))
    .default(1);
export const protocolOption = () =>
  new Option(
    "--protocol <name>",
    "what the paper leaves unsaid about training: this project's choices, or those in its authors' published code (batches of one, RMSProp floored at 0.01, 500 epochs)",
  ).choices(protocolNames);
export const updateOption = () =>
  new Option("--update <name>", "how a gradient becomes a step (default: rmsprop)").choices(
    updateNames,
  );
export const updateSettingsOption = () =>
  new Option(
    "--update-settings <list>",
    "settings of the rule, parted by commas: decay=0.9,momentum=0.5",
  ).argParser(numbersByName);

/** An option's text as numbers by name: beta1=0.9,beta2=0.99. */
function numbersByName(text: string): Record<string, number> {
  const entries = text.split(",").map((part) => {
    const [name, number, ...rest] = part.split("=").map((side) => side.trim());
    const value = Number(number);
    if (!name || !number || rest.length > 0 || !Number.isFinite(value))
      throw new InvalidArgumentError(`expected NAME=NUMBER, parted by commas, got ${part}.`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

export const jsonOption = () =>
  new Option("--json", "print one JSON object as the last line of standard output");

export const seedOption = () =>
  new Option("--seed <n>", "seed of everything random")
    .argParser(wholeNumber(0, 2 ** 32 - 1))
    .default(1);

/** Writes the one JSON object that programs read. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
