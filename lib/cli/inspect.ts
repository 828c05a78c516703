import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { splits } from "../data/dataset.js";
import { checkFileSize, type FileContents, fileContents, fileKindTitle } from "../data/file-contents.js";
import { GatedRnnError } from "../errors.js";
import { jsonOption, printJson } from "./options.js";

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .description("what is in a data file: MATLAB 5, pickle or prepared set")
    .argument("<file>", "a .mat, .pickle, .pkl or prepared .json.gz file")
    .addOption(jsonOption())
    .action(async (file: string, { json }: { json?: boolean }) => {
      try {
        const contents = fileContents(await readWhole(file), file);
        if (json) printJson({ file, ...contents });
        else print(file, contents);
      } catch (error) {
        if (!(error instanceof GatedRnnError)) throw error;
        if (json) printJson({ error: { code: error.code, message: error.message } });
        else process.stderr.write(`gated-rnn: ${error.message}\n`);
        process.exitCode = error.code === "usage" ? 2 : 1;
      }
    });
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new GatedRnnError("usage", `${file}: expected a file, got something else`);
    checkFileSize(file, found.size);
    return await readFile(file);
  } catch (error) {
    if (error instanceof GatedRnnError) throw error;
    throw new GatedRnnError("usage", `${file}: expected a file to read, got ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

function print(file: string, { kind, bytes, variables, splits: counts, checksum }: FileContents): void {
  console.log(`${file}: ${fileKindTitle(kind)}, ${bytes.toLocaleString("en")} bytes`);
  for (const variable of variables ?? []) console.log(`  ${variable.name}: ${variable.dimensions.join(" × ")} ${variable.kind}`);
  if (!counts) {
    console.log("  no music set (traindata, validdata, testdata)");
    return;
  }
  for (const split of splits) {
    const [sequences, steps, notes] = [counts[split].sequences, counts[split].steps, counts[split].notes].map((n) =>
      n.toLocaleString("en"),
    );
    console.log(`  ${split.padEnd(5)} ${sequences.padStart(5)} sequences ${steps.padStart(9)} steps ${notes.padStart(9)} notes`);
  }
  console.log(`  checksum ${checksum}`);
}
