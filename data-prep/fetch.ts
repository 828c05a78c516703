import { renameSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GatedRnnError } from "../lib/errors.js";
import { makeFolder } from "../lib/files/folder.js";
import { inTurn } from "../lib/files/in-turn.js";
import { leftoversIn, removeLeftovers } from "../lib/files/leftovers.js";
import { tryFiles } from "../lib/files/place.js";
import { problemOf } from "./checked-file.js";
import type { SourceFile } from "./sources.js";
import { TransferError, transfer } from "./transfer.js";

export interface FetchProgress {
  readonly path: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface FetchOptions {
  /** A folder that holds copies of the files under their paths; by default the environment variable GATED_RNN_MIRROR. */
  readonly mirror?: string;
  /** Refuse the network; by default whether the environment variable GATED_RNN_OFFLINE is 1. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Longest wait for a connection, 5 s by default, and between two pieces of a file, 20 s by default, in milliseconds. */
  readonly connectMs?: number;
  readonly stallMs?: number;
  /** Wait before the second try, twice as long before the third; 500 ms by default. */
  readonly retryMs?: number;
  /** Hosts that did not answer: they are not tried again. Share one set among the files of one call. */
  readonly unreachable?: Set<string>;
}

const tries = 3; // per address

/**
 * Puts a source file into `folder` under its path, unless it is there already: from the mirror, else from its addresses in
 * order. Size and sha256 are checked before a file gets its name; until then it is called `….part`, from which a later call
 * goes on. Calls for one file take turns; processes that bring it at the same time do not disturb each other.
 *
 * @returns the file's full path
 * @throws GatedRnnError `record` when `folder` cannot be written, `download` with what was tried, or `data-missing` when the network is refused
 */
export async function fetchSource(
  source: SourceFile,
  folder: string,
  options: FetchOptions = {},
): Promise<string> {
  const file = join(folder, ...source.path.split("/"));
  return inTurn(file, () => fetchTo(file, source, folder, options));
}

async function fetchTo(
  file: string,
  source: SourceFile,
  folder: string,
  options: FetchOptions,
): Promise<string> {
  const { mirror = process.env.GATED_RNN_MIRROR, offline = process.env.GATED_RNN_OFFLINE === "1" } =
    options;
  const signal = options.signal ?? new AbortController().signal;
  if ((await problemOf(file, source)) === null) return file;
  const tried: string[] = [];
  tryFiles([file], source.bytes);
  try {
    makeFolder(dirname(file));
    takeUpBeginning(file);
    removeLeftovers(dirname(file));
    signal.throwIfAborted();
    if (mirror) {
      const problem = await fromMirror(source, mirror, file);
      if (problem === null) return file;
      tried.push(`mirror ${resolve(mirror)}: ${problem}`);
    }
    if (!offline)
      for (const address of source.addresses) {
        const problem = await fromAddress(source, address, file, { ...options, signal });
        if (problem === null) return file;
        tried.push(`${new URL(address).host}: ${problem}`);
      }
  } catch (error) {
    if (signal.aborted)
      throw new GatedRnnError("download", `${source.path}: stopped before it was complete`, {
        cause: error,
      });
    throw new GatedRnnError(
      "download",
      `${source.path}: cannot be written in ${folder}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (offline) tried.push("network: refused by GATED_RNN_OFFLINE");
  throw new GatedRnnError(
    offline ? "data-missing" : "download",
    `${source.path}: ${tried.join("; ")}`,
  );
}

/** What a killed process has brought of the file becomes what a later call goes on from. */
function takeUpBeginning(file: string): void {
  const folder = dirname(file);
  for (const name of leftoversIn(folder))
    if (name.startsWith(`${basename(file)}.`) && name.endsWith(".part"))
      try {
        renameSync(join(folder, name), `${file}.part`);
      } catch {
        // another process took it up, or the folder is read-only
      }
}

async function fromMirror(
  source: SourceFile,
  mirror: string,
  file: string,
): Promise<string | null> {
  const copy = join(mirror, ...source.path.split("/"));
  const problem = await problemOf(copy, source);
  if (problem !== null) return problem;
  const partial = `${file}.copy-${process.pid}`;
  try {
    await copyFile(copy, partial);
    const damage = await problemOf(partial, source);
    if (damage === null) await rename(partial, file);
    return damage;
  } finally {
    await rm(partial, { force: true });
  }
}

async function fromAddress(
  source: SourceFile,
  address: string,
  file: string,
  options: FetchOptions & { signal: AbortSignal },
): Promise<string | null> {
  const { host } = new URL(address);
  const { unreachable = new Set() } = options;
  if (unreachable.has(host)) return "unreachable";
  // under a name of this process's own while it is written: another may be bringing the same file
  const [beginning, part] = [`${file}.part`, `${file}.${process.pid}.part`];
  await rename(beginning, part).catch(() => {}); // there is none
  try {
    return await transferred(source, address, file, part, { ...options, unreachable });
  } finally {
    await rename(part, beginning).catch(() => {}); // there is none: the file is whole, or nothing came
  }
}

async function transferred(
  source: SourceFile,
  address: string,
  file: string,
  part: string,
  options: FetchOptions & { signal: AbortSignal; unreachable: Set<string> },
): Promise<string | null> {
  const {
    signal,
    unreachable,
    onProgress,
    connectMs = 5_000,
    stallMs = 20_000,
    retryMs = 500,
  } = options;
  const onBytes = (receivedBytes: number) =>
    onProgress?.({ path: source.path, receivedBytes, totalBytes: source.bytes });
  let problem = "";
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await sleep(retryMs * attempt, undefined, { signal });
    try {
      await transfer(address, part, { bytes: source.bytes, connectMs, stallMs, onBytes, signal });
      const damage = await problemOf(part, source);
      if (damage === null) {
        await rename(part, file);
        return null;
      }
      await rm(part, { force: true }); // nothing to go on from
      problem = damage;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      problem = error.message;
      if (error.kind === "refused") return problem;
      if (error.kind === "unreachable" && attempt === 0) {
        unreachable.add(new URL(address).host);
        return problem;
      }
    }
  }
  return problem;
}
