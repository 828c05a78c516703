import { Command, CommanderError } from "commander";
import { GatedRnnError } from "../errors.js";
import { plain, plainLines } from "../files/plain.js";
import { withoutPasswords } from "../sweep/database-address.js";
import { codeVersion } from "../train/provenance.js";
import { stoppedCode } from "./signals.js";

/** By name, in the order of the help. Only the one that is asked for is loaded; all of them are for the help itself. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import("./start.js")).addStart,
  train: async () => (await import("./train.js")).addTrain,
  sweep: async () => (await import("./sweep.js")).addSweep,
  watch: async () => (await import("./watch.js")).addWatch,
  generate: async () => (await import("./generate.js")).addGenerate,
  transpose: async () => (await import("./transpose.js")).addTranspose,
  records: async () => (await import("./records.js")).addRecords,
  atlas: async () => (await import("./atlas.js")).addAtlas,
  verify: async () => (await import("./verify.js")).addVerify,
  weights: async () => (await import("./weights.js")).addWeights,
  cells: async () => (await import("./cells.js")).addCells,
  baselines: async () => (await import("./baselines.js")).addBaselines,
  data: async () => (await import("./data.js")).addData,
  inspect: async () => (await import("./inspect.js")).addInspect,
  doctor: async () => (await import("./doctor.js")).addDoctor,
};

/**
 * The `gated-rnn` command. Exit codes: 0 done, 1 the work failed, 2 a mistake in how it was asked for, 130 and 143 stopped by
 * Ctrl-C and SIGTERM.
 * A mistake is told in one line on standard error; a stack trace is a bug.
 */
export async function main(args: readonly string[]): Promise<void> {
  const tell = (text: string) => process.stderr.write(withoutPasswords(text, args));
  // a reader such as `head` that has had enough is no error
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? 0 : 1),
  );
  console.log = printPlainly;
  const program = new Command("gated-rnn")
    .description(
      "Train and compare tanh, LSTM and GRU units as in Chung et al. 2014 (arXiv 1412.3555).",
    )
    .version(codeVersion().version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      "\nStart with `gated-rnn start`: it prepares the JSB Chorales, trains the paper's three units and draws their learning curves.",
    );
  const asked = Object.hasOwn(commands, args[0] ?? "")
    ? [commands[args[0]]]
    : Object.values(commands);
  for (const add of await Promise.all(asked.map((load) => load()))) add(program);
  inherit(program, tell);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has said why
    else if (error instanceof GatedRnnError && error.code === "stopped")
      process.exitCode = stoppedCode(); // said when it was asked for
    else if (error instanceof GatedRnnError) {
      tell(`gated-rnn: ${plain(error.message)}\n`);
      process.exitCode = stoppedCode() ?? (failures.has(error.code) ? 1 : 2);
    } else throw error;
  }
}

/** Names in files and databases may hold what a terminal obeys: whatever a command prints, they are shown and not obeyed. */
function printPlainly(...texts: readonly unknown[]): void {
  process.stdout.write(`${plainLines(texts.join(" "))}\n`);
}

const failures: ReadonlySet<GatedRnnError["code"]> = new Set([
  "download",
  "engine",
  "not-finite",
  "database",
  "locked",
]);

/** Subcommands throw like the program instead of leaving the process, and say what is wrong in one line. */
function inherit(command: Command, tell: (text: string) => void): void {
  command.exitOverride().showSuggestionAfterError(true);
  command.configureOutput({
    outputError: (text) => tell(`gated-rnn: ${text.replace(/^error: /, "")}`),
  });
  for (const inner of command.commands) inherit(inner, tell);
}
