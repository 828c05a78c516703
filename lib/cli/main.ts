import { Command, CommanderError } from "commander";
import { GatedRnnError } from "../errors.js";
import { plain, plainLines } from "../files/plain.js";
import { withoutPasswords } from "../sweep/database-address.js";
import { codeVersion } from "../train/provenance.js";
import { addAtlas } from "./atlas.js";
import { addBaselines } from "./baselines.js";
import { addCells } from "./cells.js";
import { addData } from "./data.js";
import { addDoctor } from "./doctor.js";
import { addGenerate } from "./generate.js";
import { addInspect } from "./inspect.js";
import { addRecords } from "./records.js";
import { stoppedCode } from "./signals.js";
import { addStart } from "./start.js";
import { addSweep } from "./sweep.js";
import { addTrain } from "./train.js";
import { addTranspose } from "./transpose.js";
import { addVerify } from "./verify.js";
import { addWatch } from "./watch.js";
import { addWeights } from "./weights.js";

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
  for (const add of [
    addStart,
    addTrain,
    addSweep,
    addWatch,
    addGenerate,
    addTranspose,
    addRecords,
    addAtlas,
    addVerify,
    addWeights,
    addCells,
    addBaselines,
    addData,
    addInspect,
    addDoctor,
  ])
    add(program);
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
