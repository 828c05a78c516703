import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GatedRnnError } from "../../errors.js";
import { packageFolder } from "../../train/provenance.js";
import type { ArenaMemory, Kernels } from "./kernels.js";

/** What the build step leaves beside what it builds: see engines/native/build.mjs. */
interface BuildReport {
  readonly file?: string;
  readonly build?: string;
  readonly compiler?: string;
  /** Why there is no addon. */
  readonly problem?: string;
}

interface Addon {
  readonly lanes: number;
  /** Words to the next cache line. */
  misalignment(buffer: ArrayBuffer): number;
  run(buffer: ArrayBuffer, firstWord: number, job: number): void;
}

/**
 * The C source as built by this machine's compiler.
 * @throws GatedRnnError `engine-missing` when it was not built or does not load, and why
 */
export function addonKernels(): Kernels {
  const folder = join(packageFolder(), "dist", "native");
  const report = join(folder, "addon.json");
  if (!existsSync(report)) throw missing("it was not built; run npm run build");
  const { file, build, compiler, problem }: BuildReport = JSON.parse(readFileSync(report, "utf8"));
  if (file === undefined || build === undefined) throw missing(problem ?? "it was not built");
  try {
    const addon: Addon = require(join(folder, file));
    return {
      build: `native addon ${build}`,
      reason: `built here by ${compiler}`,
      lanes: addon.lanes,
      threads: true,
      arena: () => new AddonArena(addon),
    };
  } catch (error) {
    throw missing((error as Error).message.split("\n")[0]);
  }
}

function missing(problem: string): GatedRnnError {
  return new GatedRnnError(
    "engine-missing",
    `native engine: expected an addon built on this machine, got none: ${problem}`,
  );
}

class AddonArena implements ArenaMemory {
  ints = new Int32Array(0);
  floats = new Float32Array(0);
  private firstWord = 0;

  constructor(private readonly addon: Addon) {}

  reserve(words: number): void {
    const buffer = new ArrayBuffer((words + 16) * 4);
    this.firstWord = this.addon.misalignment(buffer);
    const ints = new Int32Array(buffer, this.firstWord * 4, words);
    ints.set(this.ints);
    this.ints = ints;
    this.floats = new Float32Array(buffer, this.firstWord * 4, words);
  }

  run(job: number): void {
    this.addon.run(this.ints.buffer as ArrayBuffer, this.firstWord, job);
  }
}
