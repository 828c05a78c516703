import { stat } from "node:fs/promises";
import type { Command } from "commander";
import type { FetchProgress } from "../../data-prep/fetch.js";
import { checkContents, fetchMusic, prepareMusic } from "../../data-prep/prepare.js";
import { musicSources } from "../../data-prep/sources.js";
import { type RollCounts, rollCounts } from "../data/counts.js";
import { type Split, splits } from "../data/dataset.js";
import { loadMusic } from "../data/music.js";
import { dataFolder, type MusicSetName, musicSetName, musicSetNames, musicSets, preparedFile } from "../data/music-sets.js";
import { GatedRnnError } from "../errors.js";
import { jsonOption, printJson } from "./options.js";
import { interruptible } from "./progress.js";

interface SetReport {
  readonly name: MusicSetName;
  readonly title: string;
  readonly prepared: boolean;
  /** Why a set that has a file cannot be used, or that there is none. */
  readonly problem?: string;
  readonly file?: string;
  readonly bytes?: number;
  readonly checksum?: string;
  readonly counts?: Readonly<Record<Split, RollCounts>>;
  readonly licence: string;
}

interface Arguments {
  readonly json?: boolean;
}

export function addData(program: Command): void {
  const data = program
    .command("data")
    .description("the music sets: what is prepared, counts, checksums, licences")
    .addOption(jsonOption())
    .action(async ({ json }: Arguments) => {
      const sets = await Promise.all(musicSetNames.map(setReport));
      if (json) return printJson({ folder: dataFolder(), sets });
      console.log(`prepared sets in ${dataFolder()}`);
      sets.forEach(printSet);
    });
  const sub = (name: string, description: string, action: (names: MusicSetName[], json: boolean) => Promise<void>) =>
    data
      .command(name)
      .description(description)
      .argument("[names...]", `sets (default: all): ${musicSetNames.join(", ")}`)
      .addOption(jsonOption())
      .action((names: string[], { json }: Arguments, command: Command) =>
        action(
          names.length > 0 ? [...new Set(names.map(musicSetName))] : [...musicSetNames],
          json ?? command.optsWithGlobals().json === true,
        ),
      );
  sub("fetch", "bring the sets' files here and check their sums", fetchSets);
  sub("prepare", "fetch, read and check the sets, and write their prepared files", prepareSets);
  sub("verify", "check prepared sets against the published counts and checksums", verifySets);
}

async function fetchSets(names: MusicSetName[], json: boolean): Promise<void> {
  const fetched: { name: string; file: string; bytes: number; sha256: string }[] = [];
  await interruptibly(async (options) => {
    const unreachable = new Set<string>();
    for (const name of names) {
      const { file, source } = await fetchMusic(name, { ...options, unreachable });
      fetched.push({ name, file, bytes: source.bytes, sha256: source.sha256 });
      if (!json) console.log(`${name}: ${file} (${thousands(source.bytes)} bytes, sha256 ${source.sha256})`);
    }
  });
  if (json) printJson({ fetched });
}

async function prepareSets(names: MusicSetName[], json: boolean): Promise<void> {
  const prepared: { name: string; file: string; checksum: string; from: string }[] = [];
  await interruptibly(async (options) => {
    const unreachable = new Set<string>();
    for (const name of names) {
      const [{ file, checksum, source }] = await prepareMusic([name], { ...options, unreachable });
      prepared.push({ name, file, checksum, from: source.path });
      if (!json) console.log(`${name}: ${file} from ${source.path}, checksum ${checksum}`);
    }
  });
  if (json) printJson({ prepared });
}

async function verifySets(names: MusicSetName[], json: boolean): Promise<void> {
  const sets = await Promise.all(names.map(setReport));
  if (json) printJson({ sets });
  else for (const { name, prepared, problem, checksum } of sets) console.log(prepared ? `✓ ${name} ${checksum}` : `✗ ${name} ${problem}`);
  if (sets.some((set) => !set.prepared)) process.exitCode = 1;
}

async function setReport(name: MusicSetName): Promise<SetReport> {
  const about = { name, title: musicSets[name].title, licence: musicSources[name].licence };
  try {
    const set = await loadMusic(name);
    checkContents(name, set, musicSources[name]);
    const file = preparedFile(name);
    const { size } = await stat(file);
    return { ...about, prepared: true, file, bytes: size, checksum: set.checksum, counts: rollCounts(set) };
  } catch (error) {
    if (!(error instanceof GatedRnnError)) throw error;
    return { ...about, prepared: false, problem: error.message };
  }
}

function printSet({ name, title, prepared, problem, bytes, checksum, counts, licence }: SetReport): void {
  console.log(`${prepared ? "✓" : "✗"} ${name.padEnd(11)} ${title}`);
  if (counts) {
    for (const split of splits) {
      const { sequences, steps, notes } = counts[split];
      console.log(
        `    ${split.padEnd(5)} ${thousands(sequences).padStart(5)} sequences ${thousands(steps).padStart(9)} steps ${thousands(notes).padStart(9)} notes`,
      );
    }
    console.log(`    checksum ${checksum}, ${thousands(bytes ?? 0)} bytes`);
  } else console.log(`    ${problem}`);
  console.log(`    licence: ${licence}`);
}

/** Runs a fetch that shows its progress on a terminal and that Ctrl-C ends cleanly, with exit code 130. */
async function interruptibly(
  work: (options: { signal: AbortSignal; onProgress: (p: FetchProgress) => void }) => Promise<void>,
): Promise<void> {
  const { signal, done } = interruptible();
  const clear = () => process.stderr.isTTY && process.stderr.write("\r\x1b[2K");
  try {
    await work({ signal, onProgress: showProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = 130;
    process.stderr.write(`gated-rnn: ${(error as Error).message}; the next call goes on from there\n`);
  } finally {
    clear();
    done();
  }
}

function showProgress({ path, receivedBytes, totalBytes }: FetchProgress): void {
  if (!process.stderr.isTTY) return;
  const share = Math.floor((100 * receivedBytes) / totalBytes);
  process.stderr.write(`\r\x1b[2K${path} ${share} % of ${(totalBytes / 1e6).toFixed(1)} MB`.slice(0, (process.stderr.columns ?? 80) + 4));
}

const thousands = (n: number) => n.toLocaleString("en");
