import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { broken, type Fault, type KillOptions, planOf, runsOf } from "./kills.mts";
import { generator } from "./library.mts";
import { compare, faults } from "./results.mts";
import { killNow, pause, startSupervisor } from "./supervisor.mts";

/**
 * A sweep is killed again and again, and what its runs have left is damaged: a flipped bit, a lost end, nothing but zeros. Each such run
 * begins again with a warning, and the sweep ends with the undisturbed bits.
 */
export async function damagedCheckpoints(
  options: KillOptions,
  reference: string,
  kills: number,
): Promise<Fault> {
  const name = "damaged checkpoints";
  const begun = performance.now();
  const random = generator(6, "damage");
  const out = join(options.folder, "damaged-checkpoints");
  const args = [...planOf(options), "--slots", "2", "--out", out];
  let damaged = 0;
  let begunAgain = 0;
  for (let kill = 0; ; ) {
    const supervisor = startSupervisor(args);
    if (kill < kills) {
      while (supervisor.process.exitCode === null && checkpoints(out).length === 0) await pause(50);
      for (const pid of supervisor.children()) killNow(pid);
      killNow(supervisor.process.pid as number);
    }
    const end = await supervisor.ended;
    begunAgain += supervisor.text().match(/ begins again: /g)?.length ?? 0;
    if (end === 0) break;
    if (end !== "SIGKILL") return broken(name, end, supervisor);
    kill++;
    for (const file of checkpoints(out)) {
      writeFileSync(file, damage(readFileSync(file), random));
      damaged++;
    }
  }
  const comparison = await compare(reference, out);
  const wrong = faults(comparison, runsOf(options));
  if (begunAgain === 0) wrong.push("no damage was told of");
  const seconds = Math.round((performance.now() - begun) / 1000);
  return { name, figures: { kills, damaged, begunAgain, seconds }, faults: wrong };
}

function checkpoints(out: string): string[] {
  try {
    const folder = join(out, "checkpoints");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".safetensors"))
      .map((name) => join(folder, name));
  } catch {
    return []; // nothing written yet
  }
}

function damage(bytes: Buffer, random: ReturnType<typeof generator>): Buffer {
  const place = random.integer(bytes.length);
  switch (random.integer(3)) {
    case 0:
      bytes[place] ^= 1 << random.integer(8);
      return bytes;
    case 1:
      return bytes.subarray(0, place);
    default:
      return Buffer.alloc(bytes.length);
  }
}
