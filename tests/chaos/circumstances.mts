import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { broken, type Fault, type KillOptions, planOf, runsOf } from "./kills.mts";
import { generator } from "./library.mts";
import { compare, faults } from "./results.mts";
import { killNow, pause, startSupervisor } from "./supervisor.mts";

const clock = join(dirname(fileURLToPath(import.meta.url)), "shifted-clock.cjs");
const hours = 3_600_000;

/**
 * Kills a sweep again and again, and sets the clock before each next start, or while it runs.
 *
 * @param shifts in hours; under the last one the sweep is let to its end
 */
export async function wrongClocks(
  options: KillOptions,
  reference: string,
  shifts: readonly number[],
): Promise<Fault> {
  const name = "kill -9 and a clock that is set back and forward";
  const out = join(options.folder, "clock");
  const args = [...planOf(options), "--slots", "2", "--out", out];
  const begun = performance.now();
  let killed = 0;
  for (const [i, shift] of shifts.entries()) {
    const supervisor = startSupervisor(args, {
      NODE_OPTIONS: `--require ${clock}`,
      SHIFT_MS: String(shift * hours),
      SHIFT_AFTER_MS: String(i % 2 === 0 ? 0 : 2500),
    });
    if (i < shifts.length - 1) {
      for (let looks = 0; looks < 200 && supervisor.children().length === 0; looks++)
        await pause(50);
      await pause(1000);
      if (killNow(supervisor.process.pid as number)) killed++;
    }
    const end = await supervisor.ended;
    if (end !== 0 && end !== "SIGKILL") return broken(name, end, supervisor);
    if (end === 0 && i < shifts.length - 1) killed--;
  }
  return finished(name, begun, { killed, shifts: shifts.length }, out, options, reference);
}

/** Process numbers and host names that come again: as every container has them after every restart. */
export async function sameNumbers(
  options: KillOptions,
  reference: string,
  inContainers: boolean,
): Promise<Fault> {
  const name = "kill -9 and a process number that comes again";
  const out = join(options.folder, "number");
  const args = [...planOf(options), "--slots", "2", "--out", out];
  const begun = performance.now();
  const mayUnshare = inContainers && spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;
  const within = mayUnshare ? ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] : [];
  for (let i = 0; i < (mayUnshare ? 2 : 1); i++) {
    const supervisor = startSupervisor(args, {}, within);
    for (let looks = 0; looks < 400 && !isAtWork(out); looks++) await pause(50);
    await pause(500);
    killNow(supervisor.process.pid as number);
    const end = await supervisor.ended;
    if (end !== "SIGKILL") return broken(name, end, supervisor);
  }
  // the number is that of a process now which has nothing to do with us: the one that runs this
  const lock = join(out, "database.lock");
  const holder = JSON.parse(readFileSync(lock, "utf8"));
  const numbered = { first: holder.pid };
  writeFileSync(
    lock,
    JSON.stringify({ ...holder, space: undefined, host: hostname(), pid: process.pid }),
  );
  const last = startSupervisor(args);
  const end = await last.ended;
  if (end !== 0) return broken(name, end, last);
  return finished(
    name,
    begun,
    { ...numbered, containers: mayUnshare ? "yes" : "no" },
    out,
    options,
    reference,
  );
}

const isAtWork = (out: string) => {
  try {
    return readdirSync(join(out, "checkpoints")).length > 0;
  } catch {
    return false;
  }
};

/** What a disk, a copy or a cleaner does to files of the database: said in one line, and mended by what that line says. */
export async function damagedDatabase(
  options: KillOptions,
  reference: string,
  ways: number,
): Promise<Fault> {
  const name = "a damaged embedded database";
  const begun = performance.now();
  const random = generator(4, "damage");
  const out = join(options.folder, "damaged");
  const args = [...planOf(options), "--slots", "2", "--out", out];
  const wrong: string[] = [];
  let noticed = 0;
  for (let i = 0; i < ways; i++) {
    rmSync(out, { recursive: true, force: true });
    cpSync(reference, out, { recursive: true });
    const [file, what] = damage(join(out, "database"), i, random);
    const supervisor = startSupervisor(args);
    const late = setTimeout(() => killNow(supervisor.process.pid as number), 60_000);
    const end = await supervisor.ended;
    clearTimeout(late);
    const lines = supervisor.text().trim().split("\n");
    if (end !== 0) {
      noticed++;
      if (end !== 1 || lines.length !== 1 || !lines[0].includes("--rebuild"))
        wrong.push(`${file} ${what}: ended with ${end}: ${lines.slice(-3).join(" | ")}`);
      const again = startSupervisor([...args, "--rebuild"]);
      if ((await again.ended) !== 0) wrong.push(`${file} ${what}: --rebuild says ${again.text()}`);
    }
    const comparison = await compare(reference, out);
    const leftOver = comparison.leftOver.filter((each) => !each.startsWith("no completed job")); // those taken over never had one
    wrong.push(
      ...faults({ ...comparison, leftOver }, runsOf(options)).map(
        (each) => `${file} ${what}: ${each}`,
      ),
    );
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  return { name, figures: { ways, noticed, seconds }, faults: wrong };
}

/** The first ways are sure to be noticed; then any file, in any way. */
function damage(
  database: string,
  i: number,
  random: ReturnType<typeof generator>,
): readonly [file: string, what: string] {
  const files = readdirSync(database, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const sure = ["global/pg_control", "PG_VERSION", "global/pg_filenode.map"].map((each) =>
    join(database, each),
  );
  const file = sure[i] ?? files[random.integer(files.length)];
  const bytes = readFileSync(file);
  const what =
    i < sure.length
      ? "emptied"
      : (["flipped", "halved", "removed", "zeroed"] as const)[random.integer(4)];
  if (what === "emptied") truncateSync(file);
  else if (what === "removed") rmSync(file);
  else if (what === "halved") truncateSync(file, Math.floor(bytes.length / 2));
  else if (what === "zeroed") writeFileSync(file, Buffer.alloc(bytes.length));
  else {
    for (let flips = 0; flips < 20 && bytes.length > 0; flips++)
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    writeFileSync(file, bytes);
  }
  return [file.slice(database.length + 1), what];
}

async function finished(
  name: string,
  begun: number,
  figures: Fault["figures"],
  out: string,
  options: KillOptions,
  reference: string,
): Promise<Fault> {
  const comparison = await compare(reference, out);
  const { runs, lost, duplicated, different } = comparison;
  const seconds = Math.round((performance.now() - begun) / 1000);
  return {
    name,
    figures: { runs, ...figures, lost, duplicated, different, seconds },
    faults: faults(comparison, runsOf(options)),
  };
}
