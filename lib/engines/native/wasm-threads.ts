import { GatedRnnError } from "../../errors.js";
import { wordOf } from "./job-fields.js";
import { type ArenaMemory, checkRun } from "./kernels.js";
import { largestMemory, roomFor } from "./wasm-memory.js";

export interface Helper {
  terminate(): void;
}

/** Starts a thread that runs the script and hands the message to its `begin`; the thread need not be there yet. */
export type StartHelper = (script: string, message: HelperMessage) => Helper;

/** What a helper is told as it starts: its instance shares the memory, and has a stack and words for signals of its own. */
export interface HelperMessage {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The byte that its stack ends at: it grows downwards. */
  readonly stack: number;
  /** The byte that its words begin at. */
  readonly words: number;
}

/** See wasm/module.c. */
interface Exports {
  readonly __heap_base: WebAssembly.Global<"i32">;
  run(arena: number, job: number): number;
  begin(arena: number, job: number): number;
  slice(arena: number, job: number, slice: number): void;
  end(arena: number, job: number): void;
}

/** The words that a helper and the session's own thread signal each other by. `turn` counts up with every slice that is asked for. */
const words = { isThere: 0, turn: 1, done: 2, failed: 3, arena: 4, job: 5, slice: 6 } as const;
const wordBytes = 64;
const stackBytes = 65536;

/** What a helper does, in Node and in a page: `begin(message)`. It needs nothing else, so that it is told as text. */
const helperScript = `
const begin = ({ module, memory, stack, words }) => {
  const word = new Int32Array(memory.buffer, words, ${wordBytes / 4});
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.__stack_pointer.value = stack;
  Atomics.store(word, ${words.isThere}, 1);
  for (let turn = 0; ; ) {
    Atomics.wait(word, ${words.turn}, turn);
    const asked = Atomics.load(word, ${words.turn});
    if (asked === turn) continue;
    turn = asked;
    try {
      exports.slice(word[${words.arena}], word[${words.job}], word[${words.slice}]);
    } catch {
      word[${words.failed}] = 1;
    }
    Atomics.store(word, ${words.done}, turn);
    Atomics.notify(word, ${words.done});
  }
};
`;

/** A worker of the page, or of a worker of it. */
export const startPageHelper: StartHelper = (script, message) => {
  const source = `${script}onmessage = ({ data }) => { postMessage("here"); begin(data); };`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.postMessage(message);
  worker.onmessage = worker.onerror = () => URL.revokeObjectURL(address);
  return worker;
};

/** Whether memory can be shared here: in Node, and in pages that are isolated from others (by COOP and COEP). */
export const canShareMemory = (): boolean => typeof SharedArrayBuffer !== "undefined";

/**
 * An arena in shared memory: of a job with several slices, helpers compute all but the first. One that is not there yet is not
 * waited for: its slice is computed here, to the same bits.
 */
export class SharedArena implements ArenaMemory {
  ints = new Int32Array(0);
  floats = new Float32Array(0);
  private readonly memory = new WebAssembly.Memory({
    initial: 16,
    maximum: largestMemory / 65536,
    shared: true,
  });
  private readonly exports: Exports;
  private readonly helpers: Helper[] = [];
  /** Bytes: the helpers' words, their stacks, and the arena. */
  private readonly words: number;
  private readonly stacks: number;
  private readonly first: number;

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly start: StartHelper,
    private readonly mostHelpers: number,
  ) {
    const { memory } = this;
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.exports = instance.exports as unknown as Exports;
    this.words = Math.ceil(this.exports.__heap_base.value / wordBytes) * wordBytes;
    this.stacks = this.words + mostHelpers * wordBytes;
    this.first = this.stacks + mostHelpers * stackBytes;
  }

  reserve(count: number): void {
    roomFor(this.memory, this.first, count);
    this.ints = new Int32Array(this.memory.buffer, this.first, count);
    this.floats = new Float32Array(this.memory.buffer, this.first, count);
  }

  run(job: number): void {
    const { exports, first } = this;
    const slices = this.ints[job + wordOf("Job", "sliceCount")];
    const inParts = slices > 1;
    checkRun("native-wasm", inParts ? exports.begin(first, job) : exports.run(first, job));
    if (!inParts) return;
    const asked: Int32Array[] = [];
    const here = [0];
    for (let slice = 1; slice < slices; slice++) {
      const helper = slice <= this.mostHelpers ? this.helperThatIsThere(slice - 1) : undefined;
      if (helper) asked.push(this.ask(helper, job, slice));
      else here.push(slice);
    }
    for (const slice of here) exports.slice(first, job, slice);
    for (const helper of asked) waitFor(helper);
    exports.end(first, job);
  }

  close(): void {
    for (const helper of this.helpers.splice(0)) helper.terminate();
  }

  private helperThatIsThere(k: number): Int32Array | undefined {
    const at = this.words + k * wordBytes;
    const word = new Int32Array(this.memory.buffer, at, wordBytes / 4);
    if (k === this.helpers.length)
      this.helpers.push(
        this.start(helperScript, {
          module: this.module,
          memory: this.memory,
          stack: this.stacks + (k + 1) * stackBytes,
          words: at,
        }),
      );
    return Atomics.load(word, words.isThere) === 1 ? word : undefined;
  }

  private ask(helper: Int32Array, job: number, slice: number): Int32Array {
    helper[words.arena] = this.first;
    helper[words.job] = job;
    helper[words.slice] = slice;
    Atomics.add(helper, words.turn, 1);
    Atomics.notify(helper, words.turn);
    return helper;
  }
}

function waitFor(helper: Int32Array): void {
  const turn = Atomics.load(helper, words.turn);
  for (;;) {
    const done = Atomics.load(helper, words.done);
    if (done === turn) break;
    if (mayWait()) Atomics.wait(helper, words.done, done);
  }
  if (helper[words.failed] === 0) return;
  throw new GatedRnnError(
    "engine",
    "native-wasm engine: expected a thread to end its part of a step, got a fault in it; this is a bug of the engine: report it",
  );
}

let waits: boolean | undefined;

/** A page's own thread may not sleep; it looks again and again instead. */
function mayWait(): boolean {
  if (waits === undefined)
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
      waits = true;
    } catch {
      waits = false;
    }
  return waits;
}
