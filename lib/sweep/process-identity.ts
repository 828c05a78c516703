import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/**
 * A process, told from every other one: host names and process numbers come again, in a container after every restart. Where there
 * is no /proc, and in what older versions wrote, only the first two are known.
 */
export const processIdentity = z.object({
  host: z.string(),
  pid: z.number().int(),
  /** Of the machine's start. */
  boot: z.string().optional(),
  /** In which the number counts: that of a container, say. */
  space: z.string().optional(),
  /** When the process began, in ticks since the machine's start: no clock that can be set. */
  began: z.string().optional(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

export function thisProcess(): ProcessIdentity {
  const [boot, space, began] = [
    bootOf(),
    spaceOf(),
    statusOf(process.pid)?.began ?? String(performance.timeOrigin),
  ];
  return {
    host: hostname(),
    pid: process.pid,
    ...(boot ? { boot } : {}),
    ...(space ? { space } : {}),
    began,
  };
}

/**
 * Whether a process still runs. One of another machine, another start of this one or another container cannot be asked about: the
 * answer is then "unknown", and only its silence tells.
 */
export function lifeOf({
  host,
  pid,
  boot,
  space,
  began,
}: ProcessIdentity): "alive" | "dead" | "unknown" {
  const mine = thisProcess();
  if (host !== mine.host) return "unknown";
  if (boot !== undefined && boot !== mine.boot) return "unknown";
  if (space !== undefined && space !== mine.space) return "unknown";
  if (pid === process.pid) return began === mine.began ? "alive" : "dead"; // without it: of an older version, so not this one
  if (!exists(pid)) return "dead";
  const now = statusOf(pid);
  if (!now || began === undefined) return "alive";
  return now.began === began && now.state !== "Z" ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The state of a process ("Z": ended, and nobody has asked for its end yet) and its beginning, where there is a /proc. */
function statusOf(pid: number): { readonly state: string; readonly began: string } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" "); // its name may hold blanks and parentheses
  return fields && fields.length > 19 ? { state: fields[0], began: fields[19] } : undefined;
}

const bootOf = () => readText("/proc/sys/kernel/random/boot_id")?.trim();

function spaceOf(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
