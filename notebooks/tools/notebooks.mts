// build   notebooks/*.ts → *.ipynb; cells whose text did not change keep their outputs
// pull    notebooks/*.ipynb → *.ts, after editing in JupyterLab
// run     executes notebooks → build/notebooks/*.ipynb; with --save → notebooks/*.ipynb, to be committed;
//         with --results=FOLDER on the records there, in music, speech and long, instead of the committed ones;
//         with --solutions each exercise's folded solution is run, too, and its check again
// Names such as "01" choose notebooks; default: all.

import { spawn } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./execute.mts";
import { makeFolder } from "./folder.mts";
import { type Notebook, parse, print, serialise, text } from "./format.mts";
import { withSolutions } from "./solutions.mts";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where executed notebooks lie that are not to be committed. */
const executedFolder = join(folder, "..", "build", "notebooks");

/** The notebooks' names without extension, in order: 01-start, … */
export function notebookNames(extension: ".ts" | ".ipynb" = ".ts"): string[] {
  const files = readdirSync(folder).filter(
    (file) => /^\d\d-/.test(file) && file.endsWith(extension),
  );
  return files.map((file) => basename(file, extension)).sort();
}

export function readSource(name: string): Notebook {
  return parse(readFileSync(join(folder, `${name}.ts`), "utf8"), name);
}

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, "utf8")) as Notebook;
}

export const notebookFile = (name: string) => join(folder, `${name}.ipynb`);

/** The source's cells, with the outputs of those cells of the notebook beside it whose text is the same. */
function build(name: string): void {
  const notebook = readSource(name);
  const before = existsSync(notebookFile(name)) ? readNotebook(notebookFile(name)).cells : [];
  for (const cell of notebook.cells) {
    const same = before.find(
      (old) => old.cell_type === "code" && text(old.source) === text(cell.source),
    );
    if (cell.cell_type === "code" && same?.cell_type === "code")
      Object.assign(cell, { outputs: same.outputs, execution_count: same.execution_count });
  }
  write(notebookFile(name), serialise(notebook));
}

/** A notebook reads records from `results` beside it: the folder to run it in so that those are the ones meant. */
function folderWith(results: string | undefined): string {
  if (results === undefined) return folder;
  const link = join(executedFolder, "results");
  makeFolder(executedFolder);
  rmSync(link, { force: true });
  symlinkSync(resolve(results), link, "junction");
  return executedFolder;
}

async function run(
  name: string,
  file: string,
  results: string | undefined,
  solved: boolean,
): Promise<boolean> {
  const log = process.stderr.write.bind(process.stderr);
  const begun = performance.now();
  const notebook = solved ? withSolutions(readSource(name)) : readSource(name);
  const failure = await execute(notebook, folderWith(results));
  if (file === notebookFile(name)) leaveDataOut(notebook);
  write(file, serialise(notebook));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  log(
    failure
      ? `${name}: cell ${failure.cell} failed: ${failure.problem}\n`
      : `${name}: ${seconds} s → ${file}\n`,
  );
  return failure === undefined;
}

/** What is kept in the repository holds no recording and no piece of the data sets: cells tagged "data" keep the words of their players, not the sound. */
function leaveDataOut({ cells }: Notebook): void {
  for (const cell of cells)
    if (cell.cell_type === "code" && cell.metadata.tags?.includes("data"))
      for (const output of cell.outputs)
        if (output.output_type === "display_data") delete output.data["text/html"];
}

/** A kernel takes over its process, so every notebook runs in its own. */
async function runAll(names: readonly string[], options: readonly string[]): Promise<boolean> {
  let good = true;
  for (const name of names) {
    const args = [fileURLToPath(import.meta.url), "run-here", name, ...options];
    const code = await new Promise((done) =>
      spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] }).on("exit", done),
    );
    good &&= code === 0;
  }
  return good;
}

function write(file: string, contents: string): void {
  makeFolder(dirname(file));
  writeFileSync(`${file}.part`, contents);
  renameSync(`${file}.part`, file);
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  const options = rest.filter((word) => word.startsWith("--"));
  const wanted = rest.filter((word) => !word.startsWith("--"));
  const save = options.includes("--save");
  const results = options.find((word) => word.startsWith("--results="))?.slice("--results=".length);
  const solved = options.includes("--solutions");
  if (save && (results !== undefined || solved))
    return misuse("expected --save, --results or --solutions, got two of them");
  const chosen = (names: string[]) =>
    names.filter((name) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)));
  switch (command) {
    case "build":
      chosen(notebookNames()).forEach(build);
      return 0;
    case "pull":
      for (const name of chosen(notebookNames(".ipynb")))
        write(join(folder, `${name}.ts`), print(readNotebook(notebookFile(name))));
      return 0;
    case "run":
      return (await runAll(chosen(notebookNames()), options)) ? 0 : 1;
    case "run-here": {
      const [name] = wanted;
      return (await run(
        name,
        save ? notebookFile(name) : join(executedFolder, `${name}.ipynb`),
        results,
        solved,
      ))
        ? 0
        : 1;
    }
    default:
      return misuse("expected build, pull or run");
  }
}

function misuse(problem: string): number {
  process.stderr.write(
    `${problem}; usage: notebooks.mts build | pull | run [--save | --results=FOLDER | --solutions] [name …]\n`,
  );
  return 2;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exit(await main(process.argv.slice(2)));
