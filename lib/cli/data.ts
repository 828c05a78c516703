import { join } from "node:path";
import type { Command } from "commander";
import type { FetchProgress } from "../../data-prep/fetch.js";
import { fetchMusic, prepareMusic } from "../../data-prep/prepare.js";
import { fetchSpokenDigits, prepareSpeech } from "../../data-prep/speech.js";
import { dataFolder } from "../data/music-sets.js";
import { speechFile } from "../data/speech.js";
import { tryFolder } from "../files/place.js";
import { thousands } from "../files/thousands.js";
import { jsonOption, printJson } from "./options.js";
import { kindsOf, printSet, type SetName, setNames, setReport } from "./set-report.js";
import { interruptible } from "./signals.js";

interface Arguments {
  readonly json?: boolean;
}

export function addData(program: Command): void {
  const data = program
    .command("data")
    .description("the data sets: what is prepared, counts, checksums, licences")
    .addOption(jsonOption())
    .action(async ({ json }: Arguments) => {
      const sets = await Promise.all(setNames.map(setReport));
      if (json) return printJson({ folder: dataFolder(), sets });
      console.log(`prepared sets in ${dataFolder()}`);
      sets.forEach(printSet);
    });
  const sub = (
    name: string,
    description: string,
    action: (names: readonly string[], json: boolean) => Promise<void>,
  ) =>
    data
      .command(name)
      .description(description)
      .argument("[names...]", `sets (default: all): ${setNames.join(", ")}`)
      .addOption(jsonOption())
      .action((names: string[], { json }: Arguments, command: Command) =>
        action(
          names.length > 0 ? [...new Set(names)] : setNames,
          json ?? command.optsWithGlobals().json === true,
        ),
      );
  sub("fetch", "bring the sets' files here and check their sums", fetchSets);
  sub("prepare", "fetch, read and check the sets, and write their prepared files", prepareSets);
  sub("verify", "check prepared sets against the published counts and checksums", verifySets);
}

async function fetchSets(names: readonly string[], json: boolean): Promise<void> {
  const { music, speech } = kindsOf(names);
  const fetched: { name: SetName; file: string; bytes?: number; sha256?: string }[] = [];
  await interruptibly(async (options) => {
    const unreachable = new Set<string>();
    for (const name of music) {
      const { file, source } = await fetchMusic(name, { ...options, unreachable });
      fetched.push({ name, file, bytes: source.bytes, sha256: source.sha256 });
      if (!json)
        console.log(`${name}: ${file} (${thousands(source.bytes)} bytes, sha256 ${source.sha256})`);
    }
    if (speech.length === 0) return;
    const file = await fetchSpokenDigits({ ...options, unreachable });
    for (const name of speech) {
      fetched.push({ name, file });
      if (!json) console.log(`${name}: ${file}`);
    }
  });
  if (json) printJson({ fetched });
}

async function prepareSets(names: readonly string[], json: boolean): Promise<void> {
  const { music, speech } = kindsOf(names);
  tryFolder(join(dataFolder(), "sources"));
  tryFolder(join(dataFolder(), "prepared"));
  const prepared: { name: SetName; file: string; checksum: string; from: string }[] = [];
  const add = (entry: (typeof prepared)[number]) => {
    prepared.push(entry);
    if (!json)
      console.log(`${entry.name}: ${entry.file} from ${entry.from}, checksum ${entry.checksum}`);
  };
  await interruptibly(async (options) => {
    const unreachable = new Set<string>();
    for (const name of music) {
      const [{ file, checksum, source }] = await prepareMusic([name], { ...options, unreachable });
      add({ name, file, checksum, from: source.path });
    }
    for (const name of speech) {
      const [{ checksum }] = await prepareSpeech([name], { ...options, unreachable });
      add({ name, file: speechFile(name), checksum, from: "the Free Spoken Digit Dataset" });
    }
  });
  if (json) printJson({ prepared });
}

async function verifySets(names: readonly string[], json: boolean): Promise<void> {
  const { music, speech } = kindsOf(names);
  const sets = await Promise.all([...music, ...speech].map(setReport));
  if (json) printJson({ sets });
  else
    for (const { name, prepared, problem, checksum } of sets)
      console.log(prepared ? `✓ ${name} ${checksum}` : `✗ ${name} ${problem}`);
  if (sets.some((set) => !set.prepared)) process.exitCode = 1;
}

/** Runs a fetch that shows its progress on a terminal and that Ctrl-C ends cleanly. */
async function interruptibly(
  work: (options: { signal: AbortSignal; onProgress: (p: FetchProgress) => void }) => Promise<void>,
): Promise<void> {
  const { signal, done } = interruptible();
  const clear = () => process.stderr.isTTY && process.stderr.write("\r\x1b[2K");
  try {
    await work({ signal, onProgress: showProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write(
      `gated-rnn: ${(error as Error).message}; the next call goes on from there\n`,
    );
  } finally {
    clear();
    done();
  }
}

function showProgress({ path, receivedBytes, totalBytes }: FetchProgress): void {
  if (!process.stderr.isTTY) return;
  const share = Math.floor((100 * receivedBytes) / totalBytes);
  process.stderr.write(
    `\r\x1b[2K${path} ${share} % of ${(totalBytes / 1e6).toFixed(1)} MB`.slice(
      0,
      (process.stderr.columns ?? 80) + 4,
    ),
  );
}
