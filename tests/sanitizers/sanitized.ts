import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Batch } from "../../lib/data/batch.js";
import { Arena } from "../../lib/engines/native/arena.js";
import { compilerWords } from "../../lib/engines/native/build.mjs";
import type { ArenaMemory, Kernels } from "../../lib/engines/native/kernels.js";

/** Where a job may read and write: first word and number of words. */
type Region = readonly [number, number];

/** Words between any two parts of a batch's memory, poisoned while a job runs. */
const redZone = 16;

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const native = "../../lib/engines/native/c";
const engineSources = ["engine.c", "noise.c", "team.c"].map((name) => `${native}/${name}`);

/** Compiles C sources, named from this folder, with a sanitizer's flags. */
function compileSanitized(program: string, flags: readonly string[], sources: readonly string[]) {
  const [compiler, ...words] = compilerWords();
  const usual = [...words, "-std=gnu11", "-O1", "-g", "-fno-math-errno"];
  const linked = ["-pthread", "-lm", "-o", program];
  execFileSync(compiler, [...usual, ...flags, ...sources.map(source), ...linked], {
    stdio: "inherit",
  });
}

/** Runs team.c under a sanitizer; what it printed. */
export function runTeam(flags: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-sanitizer-"));
  const program = join(folder, "team");
  compileSanitized(program, flags, ["team.c", `${native}/team.c`]);
  const { status, stdout, stderr } = spawnSync(program, { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${status}: ${stderr}`);
  return stdout;
}

/** The C source under a sanitizer: every job runs in a process of its own, which fails at the first thing that is wrong. */
export class Sanitized implements Kernels {
  readonly reason = "compiled for this test";
  readonly threads = true;
  readonly lanes: number;
  private readonly folder = mkdtempSync(join(tmpdir(), "gated-rnn-sanitizer-"));
  private readonly program = join(this.folder, "main");

  constructor(
    readonly build: string,
    flags: readonly string[],
  ) {
    compileSanitized(this.program, flags, ["main.c", ...engineSources]);
    this.lanes = Number(execFileSync(this.program, { encoding: "utf8" }));
  }

  arena(): ArenaMemory {
    return new SanitizedMemory((words, job, regions) => this.run(words, job, regions));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private run(memory: Int32Array, job: number, regions: readonly Region[]): Int32Array {
    const [before, after] = ["before", "after"].map((name) => join(this.folder, name));
    writeFileSync(before, Int32Array.from([memory.length, job, regions.length, ...regions.flat()]));
    writeFileSync(before, memory, { flag: "a" });
    const { status, stderr } = spawnSync(this.program, [before, after], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${this.build}: ${stderr}`);
    const bytes = readFileSync(after);
    return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }
}

let layout: Region[] = [];
let shortened = 0;

/** Lets every part of a batch's memory end so many words too early, to see that the sanitizer notices. */
export function shortenRegions(words: number): void {
  shortened = words;
}

interface Layer {
  slice(batch: Batch, take: (length: number) => number): unknown;
  run(...settings: unknown[]): unknown;
  streams(count: number): unknown;
}

/** Makes arenas say how they lay a batch out, and leave red zones between its parts. */
export function watchArenas(): void {
  const arena = Arena.prototype as unknown as Layer;
  const { slice, run, streams } = arena;
  arena.streams = function (count) {
    layout = [];
    return streams.call(this, count);
  };
  arena.run = function (...settings) {
    layout = [];
    return run.apply(this, settings);
  };
  arena.slice = function (batch, take) {
    return slice.call(this, batch, (length) => {
      const at = take(length);
      take(redZone);
      layout.push([at, Math.max(0, length - shortened)]);
      return at;
    });
  };
}

class SanitizedMemory implements ArenaMemory {
  ints = new Int32Array(0);
  floats = new Float32Array(0);

  constructor(
    private readonly carryOut: (
      memory: Int32Array,
      job: number,
      regions: readonly Region[],
    ) => Int32Array,
  ) {}

  reserve(words: number): void {
    const ints = new Int32Array(words);
    ints.set(this.ints);
    this.ints = ints;
    this.floats = new Float32Array(ints.buffer);
  }

  run(job: number): void {
    // before the first part of the batch: the job, the program's tables, the parameters
    this.ints.set(this.carryOut(this.ints, job, [[0, layout[0][0]], ...layout]));
  }
}
