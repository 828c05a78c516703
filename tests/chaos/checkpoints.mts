import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, runModel, runName } from "./checkpoint-run.mts";
import type { Fault } from "./kills.mts";
import { generator, readCheckpoint, train } from "./library.mts";
import { pause } from "./supervisor.mts";

const writer = join(dirname(fileURLToPath(import.meta.url)), "checkpoint-writer.mts");

/** Kills a run that writes checkpoints all the time, again and again: the last whole one always loads, and leads to the undisturbed bits. */
export async function killsWhileWriting(folder: string, kills: number): Promise<Fault> {
  const file = join(folder, "killed", "run.safetensors");
  mkdirSync(dirname(file), { recursive: true });
  const random = generator(3, "kills");
  const name = "kill -9 while a checkpoint is written";
  const begun = performance.now();
  const faults: string[] = [];
  let inTheMiddle = 0;
  let updates = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const child = fork(writer, [file], {
      execArgv: ["--no-warnings"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const first = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (first[0] !== "writing")
      return { name, figures: {}, faults: [`start ${kill} ended with ${first.join(" ")}`] };
    await pause(30 * random.uniform());
    child.kill("SIGKILL");
    await once(child, "exit");
    const half = readdirSync(dirname(file)).filter((name) => name.endsWith(".tmp"));
    if (half.length > 0) inTheMiddle++;
    for (const name of half) rmSync(join(dirname(file), name));
    try {
      const reached = readCheckpoint(file, runModel, runName)?.state.updates ?? 0;
      if (reached <= updates) faults.push(`after kill ${kill}: update ${reached} after ${updates}`);
      updates = reached;
    } catch (error) {
      faults.push(`after kill ${kill}: ${(error as Error).message}`);
    }
  }
  if (
    (await bitsAfter(file, updates + 3)) !==
    (await bitsAfter(join(folder, "undisturbed.safetensors"), updates + 3))
  )
    faults.push("other bits than undisturbed");
  return { name, figures: { kills, inTheMiddle, updates, seconds: since(begun) }, faults };
}

/** A disk that fills up: the error names path and cause, the checkpoint before it loads and leads on to the undisturbed bits. */
export async function fullDisk(folder: string): Promise<Fault> {
  const name = "full disk";
  const disk = join(folder, "small-disk");
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return { name, figures: { skipped: "mounting a small tmpfs needs root" }, faults: [] };
  }
  try {
    const file = join(disk, "run.safetensors");
    await until(file, 5);
    const size = statSync(file).size;
    const filler = join(disk, "filler");
    fill(filler, size / 2);
    const faults: string[] = [];
    const message = await until(file, 9).then(
      () => "",
      (error: Error) => error.message,
    );
    // told before the run where so much is known to be missing, and else when the write fails
    const full =
      /: expected to write it, got (ENOSPC: no space left on device, write|[\d,]+ bytes free for [\d,]+); make room there$/;
    if (!message.startsWith(file) || !full.test(message))
      faults.push(`the message was: ${message}`);
    const reached = readCheckpoint(file, runModel, runName)?.state.updates;
    if (reached !== 5)
      faults.push(`the checkpoint before was of update 5, and loads as ${reached}`);
    const left = readdirSync(disk).sort().join();
    if (left !== "filler,run.safetensors") faults.push(`half-written: ${left}`);
    rmSync(filler);
    if (
      (await bitsAfter(file, 12)) !==
      (await bitsAfter(join(folder, "undisturbed-12.safetensors"), 12))
    )
      faults.push("other bits than undisturbed");
    return {
      name,
      figures: { checkpointBytes: size, message: message.replace(file, "FILE") },
      faults,
    };
  } finally {
    execFileSync("umount", [disk]);
  }
}

/** Trains until a number of updates is made, of all sittings, with a checkpoint there. */
async function until(checkpoint: string, updates: number): Promise<void> {
  const controller = new AbortController();
  let made = readCheckpoint(checkpoint, runModel, runName)?.state.updates ?? 0;
  const onProgress = ({ epochShare }: { epochShare: number }) => {
    if (epochShare < 1 && ++made === updates) controller.abort();
  };
  await train({
    ...run,
    checkpoint,
    checkpointSeconds: 1e9,
    signal: controller.signal,
    onProgress,
  });
}

async function bitsAfter(file: string, updates: number): Promise<string> {
  await until(file, updates);
  return bits(file);
}

/** A checkpoint without its clocks. */
function bits(file: string): string {
  const checkpoint = readCheckpoint(file, runModel, runName);
  if (!checkpoint) return "none";
  const {
    started: _,
    seconds: __,
    cpuSeconds: _____,
    curve,
    state,
    bestParameters,
    ...rest
  } = checkpoint;
  const arrays = [state.parameters, ...state.optimiser.values(), bestParameters].map((part) =>
    [...part].map(([name, values]) => [
      name,
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64"),
    ]),
  );
  return JSON.stringify([
    rest,
    state.updates,
    curve.map(({ seconds: ___, cpuSeconds: ____, ...point }) => point),
    arrays,
  ]);
}

/** Fills a disk up to a number of free bytes. */
function fill(file: string, free: number): void {
  const block = 4096;
  const available = Number(
    execFileSync("df", ["--output=avail", "-B1", dirname(file)], { encoding: "utf8" }).split(
      "\n",
    )[1],
  );
  writeFileSync(file, Buffer.alloc(Math.floor((available - free) / block) * block, 1));
}

const since = (begun: number) => Math.round((performance.now() - begun) / 1000);
