import { GatedRnnError } from "../../errors.js";

/** A build of the C source: what a session runs its jobs on. An arena is one block of memory that C and TypeScript share. */
export interface Kernels {
  /** As records name it: "native addon avx512 3f2a91c0". */
  readonly build: string;
  /** Why it is this build. */
  readonly reason: string;
  /** Floats of a vector. */
  readonly lanes: number;
  /** Whether a job may have several slices, each in a thread of its own. */
  readonly threads: boolean;
  /** For jobs of up to so many slices: 1 if not given. */
  arena(threads?: number): ArenaMemory;
}

/** Memory of one session. `reserve` may move it: views made before are then stale. */
export interface ArenaMemory {
  /** Makes room for a number of 32-bit words, keeping what is there. */
  reserve(words: number): void;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  /**
   * Carries out the job that lies at a word.
   *
   * @throws GatedRnnError `engine` when the job does not fit the memory: nothing is done then
   */
  run(job: number): void;
  /** Ends the threads that were started for it; then nothing may be run. */
  close?(): void;
}

/** What the C source finds wrong with a job, by the numbers of c/check.h. */
const problems = [
  "",
  "sizes",
  "parameters",
  "matrices",
  "instructions",
  "tables",
  "batch",
  "steps of the batch",
  "input",
  "target",
  "the output's equations",
];

/** @throws GatedRnnError `engine` for what `run` returns when a job does not fit its memory */
export function checkRun(name: string, problem: number): void {
  if (problem === 0) return;
  throw new GatedRnnError(
    "engine",
    `${name} engine: expected a job that fits its memory, got ${problems[problem]} that do not; this is a bug of the engine: report it`,
  );
}
