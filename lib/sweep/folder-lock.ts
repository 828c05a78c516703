import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { GatedRnnError } from "../errors.js";
import { makeFolder } from "../files/folder.js";
import { unwritable } from "../files/target.js";
import { lifeOf, processIdentity, thisProcess } from "./process-identity.js";

const holder = processIdentity.extend({ since: z.string(), token: z.string().default("") });
type Holder = z.infer<typeof holder>;

interface LockOptions {
  /** Told when a holder cannot be asked whether it lives, and is listened for. */
  readonly onWait?: (notice: string) => void;
  /** Called when the lock has become another's: we were silent for too long, stopped by a debugger or a suspended machine. */
  readonly onLost?: () => void;
  /** For how long a holder that cannot be asked is listened for, in ms; it gives a sign of life every 2 s. */
  readonly silence?: number;
}

/** How long a lock that was taken over must stay ours before we believe it, in ms: two may have seen the same dead holder. */
const settling = 150;

/** Between two signs of life, in ms. */
const beat = 2000;

/**
 * Takes a lock that one process at a time can hold: a file that names its holder. A holder that is dead, by `kill -9`, is replaced. One
 * that cannot be asked, on another machine, in another container or before the machine's restart, is dead when its file stays untouched.
 *
 * @returns the release; the lock of a process that dies is free too
 * @throws GatedRnnError `locked`, naming the holder; `record` when the file cannot be written
 */
export async function lockFile(
  file: string,
  what: string,
  { onWait = () => {}, onLost = () => {}, silence = 15_000 }: LockOptions = {},
): Promise<() => void> {
  const mine: Holder = {
    ...thisProcess(),
    since: new Date().toISOString(),
    token: String(process.hrtime.bigint()),
  };
  const text = JSON.stringify(mine);
  const own = `${file}.${process.pid}`;
  makeFolder(dirname(file));
  try {
    writeFileSync(own, text);
  } catch (error) {
    throw unwritable(file, error);
  }
  try {
    linkSync(own, file); // atomic, and fails when it is there: the whole content appears at once
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const other = read(file);
    if (other && (await isHeld(file, other, silence, onWait))) {
      const where = other.host === mine.host ? "" : ` on ${other.host}`;
      throw new GatedRnnError(
        "locked",
        `${what}: expected to be its only user, got process ${other.pid}${where} since ${other.since}; wait for it or stop it`,
      );
    }
    renameSync(own, file);
    await pause(settling);
    const now = read(file);
    if (JSON.stringify(now) !== text)
      throw new GatedRnnError(
        "locked",
        `${what}: expected to be its only user, got process ${now?.pid} at the same moment; wait for it or stop it`,
      );
  } finally {
    rmSync(own, { force: true });
  }
  const isMine = () => JSON.stringify(read(file)) === text;
  const timer = setInterval(() => {
    if (isMine()) return touch(file);
    clearInterval(timer);
    onLost();
  }, beat).unref();
  return () => {
    clearInterval(timer);
    if (isMine()) rmSync(file, { force: true });
  };
}

async function isHeld(
  file: string,
  other: Holder,
  silence: number,
  onWait: (notice: string) => void,
): Promise<boolean> {
  const life = lifeOf(other);
  if (life !== "unknown") return life === "alive";
  const before = signOf(file);
  onWait(
    `${file}: held by process ${other.pid} on ${other.host} since ${other.since}; listening for ${Math.round(silence / 1000)} s whether it lives`,
  );
  for (const end = performance.now() + silence; performance.now() < end; ) {
    await pause(Math.min(500, silence / 4));
    if (signOf(file) !== before) return true;
  }
  return false;
}

/** What changes with every sign of life: compared, and never read as a time. */
function signOf(file: string): string {
  try {
    return `${statSync(file).mtimeMs} ${readFileSync(file, "utf8")}`; // opened, too: a network's file system then looks again
  } catch {
    return "";
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // a full or vanished disk: what is to be written next says so
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function read(file: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined; // gone meanwhile, or nothing that we wrote
  }
}
