import type { Batch } from "../../data/batch.js";
import { GatedRnnError } from "../../errors.js";
import type { Device } from "./device.js";
import type { Extent, Kernels, Mode, Stage } from "./kernels.js";
import { type Call, fill, type Layout, layoutOf, resultWords } from "./layout.js";
import { type BufferName, bufferNames } from "./wgsl/kernel.js";
import { stateParts } from "./wgsl/update.js";

/** What a step found for one run. */
export interface Outcome {
  /** Sum of NLL over the rows, and the gradient's norm; 0 where no gradient was asked for. */
  readonly nll: number;
  readonly norm: number;
  /** Whether all that an update made is finite; where it is not, `restore` brings back what was there before. */
  readonly isWhole: boolean;
  /** NLL by row, after a forward step only. */
  readonly rows: Float32Array;
}

/** The GPU's memory for some runs of one model, and the steps that they make side by side in it. */
export class Memory {
  private readonly buffers = new Map<BufferName, GPUBuffer>();
  private readonly groups = new Map<string, GPUBindGroup>();
  /** What the host reads by, while nobody does. */
  private readonly staging: GPUBuffer[] = [];
  /** The runs' parameters and optimiser as they were before their last update of an even number, and of an odd one. */
  private before: readonly GPUBuffer[] = [];
  private words = new Uint32Array(0);
  private slots = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly device: Device,
    private readonly kernels: Kernels,
  ) {}

  /** Makes room for a number of runs; what is there stays. */
  async reserve(slots: number): Promise<void> {
    if (slots <= this.slots) return;
    const { parameterFloats } = this.kernels.program;
    const { tables, weights } = this.kernels;
    const bytes = 4 * stateParts(this.kernels.plan) * parameterFloats * slots;
    this.device.checkBuffer("state", bytes, "runs side by side");
    this.device.checkBuffer("weights", 4 * weights.floats * slots, "runs side by side");
    await this.inTurn("state", async () => {
      const old = this.buffers.get("state");
      this.buffers.delete("state");
      const state = this.buffer("state", bytes);
      if (old) {
        const encoder = this.device.gpu.createCommandEncoder();
        encoder.copyBufferToBuffer(old, 0, state, 0, old.size);
        this.device.gpu.queue.submit([encoder.finish()]);
        this.device.destroyBuffer(old);
      }
      const parts = stateParts(this.kernels.plan);
      for (const buffer of this.before) this.device.destroyBuffer(buffer);
      const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      this.before = ["before even", "before odd"].map((label) =>
        this.device.createBuffer(label, (bytes * (parts - 1)) / parts, usage),
      );
      this.buffer("weights", 4 * weights.floats * slots);
      if (!this.buffers.has("tables"))
        this.device.gpu.queue.writeBuffer(this.buffer("tables", 4 * tables.length), 0, tables);
      this.slots = slots;
    });
  }

  /** Whether a batch can be evaluated in one step. */
  fits(batch: Batch): boolean {
    return (
      bytesOf(layoutOf([{ slot: 0, batch }], this.kernels, "forward")) <= this.device.mostBytes()
    );
  }

  /**
   * One step for all calls, in the same dispatches: in several turns where they do not fit the device's memory together. The next
   * may be asked for while the device is still at this one.
   */
  async compute(calls: readonly Call[], mode: Mode): Promise<Outcome[]> {
    const layout = layoutOf(calls, this.kernels, mode);
    if (calls.length > 1 && bytesOf(layout) > this.device.mostBytes()) {
      const half = calls.length >> 1;
      return [
        ...(await this.compute(calls.slice(0, half), mode)),
        ...(await this.compute(calls.slice(half), mode)),
      ];
    }
    this.device.checkBuffer("batch", 4 * layout.batchWords, "steps × sequences");
    this.device.checkBuffer("values of all steps", 4 * layout.workFloats, "steps × sequences");
    const [{ batch }] = calls;
    const stages = this.kernels.stages(mode, batch.input.kind);
    const extent: Extent = {
      rows: Math.max(...layout.jobs.map((j) => j.rows)),
      size: Math.max(...layout.jobs.map((j) => j.size)),
      splits: Math.max(...layout.jobs.map((j) => j.splits)),
    };
    const grids = stages.map(({ kernel, grid }) => {
      const size = [...grid(extent), calls.length] as const;
      this.device.checkGrid(kernel.name, size);
      return size;
    });
    const { asked } = await this.afterOthers(async () => {
      const compiling = stages.map(({ kernel }) => this.device.pipeline(kernel));
      const pipelines = await Promise.all(compiling);
      const ask = () => ({ reading: this.ask(calls, layout, mode, stages, pipelines, grids) });
      return { asked: this.device.scoped("a step", ask) }; // not waited for here
    });
    const { reading } = await asked;
    const found = await this.device.awaited("a step", reading);
    return layout.jobs.map(({ result, nll, rows }) => ({
      nll: found[result],
      norm: mode === "forward" ? 0 : found[result + 1],
      isWhole: mode === "forward" || mode === "gradient" || found[result + 2] === 0,
      rows: mode === "forward" ? found.slice(nll, nll + rows) : new Float32Array(0),
    }));
  }

  /** A part of a run's state, as long as all parameters: they themselves (0), the slots of the update rule (1, …), the gradient (−1). */
  async read(slot: number, part: number): Promise<Float32Array> {
    const { parameterFloats } = this.kernels.program;
    const at = this.placeOf(slot, part);
    return this.inTurn("reading", () =>
      this.readBuffer("state", at * parameterFloats, parameterFloats),
    );
  }

  async write(slot: number, part: number, values: Float32Array<ArrayBuffer>): Promise<void> {
    const at = this.placeOf(slot, part);
    await this.inTurn("writing", () => {
      this.device.gpu.queue.writeBuffer(
        this.buffers.get("state") as GPUBuffer,
        at * values.byteLength,
        values,
      );
    });
  }

  private placeOf(slot: number, part: number): number {
    const parts = stateParts(this.kernels.plan);
    return parts * slot + (part < 0 ? parts + part : part);
  }

  /** Undoes a run's update of that number, and what followed it: its last one, or the one before. */
  async restore(slot: number, update: number): Promise<void> {
    await this.inTurn("restoring", () => {
      const encoder = this.device.gpu.createCommandEncoder();
      this.copyState(encoder, slot, update, "back");
      this.device.gpu.queue.submit([encoder.finish()]);
    });
  }

  /** A run's parameters and optimiser on their way to safety, or back. */
  private copyState(
    encoder: GPUCommandEncoder,
    slot: number,
    update: number,
    way: "out" | "back",
  ): void {
    const part = 4 * this.kernels.program.parameterFloats;
    const parts = stateParts(this.kernels.plan);
    const [state, before] = [this.buffers.get("state") as GPUBuffer, this.before[update % 2]];
    const [at, kept] = [parts * slot * part, (parts - 1) * slot * part];
    const bytes = (parts - 1) * part;
    if (way === "out") encoder.copyBufferToBuffer(state, at, before, kept, bytes);
    else encoder.copyBufferToBuffer(before, kept, state, at, bytes);
  }

  /** The last step's values of sequence slots, for the only run there was: [rows, hidden]. */
  async readSlot(slot: number, rows: number): Promise<Float32Array> {
    const floats = rows * this.kernels.program.model.hiddenSize;
    return this.inTurn("reading", () => this.readBuffer("work", slot * floats, floats));
  }

  close(): void {
    for (const buffer of [...this.buffers.values(), ...this.staging.splice(0), ...this.before])
      this.device.destroyBuffer(buffer);
    this.buffers.clear();
    this.before = [];
  }

  /** Hands a step to the device; what comes of it is the beginning of `results`. */
  private ask(
    calls: readonly Call[],
    layout: Layout,
    mode: Mode,
    stages: readonly Stage[],
    pipelines: readonly GPUComputePipeline[],
    grids: readonly (readonly [number, number, number])[],
  ): Promise<Float32Array> {
    const { device } = this;
    const begin = performance.now();
    this.buffer("work", 4 * layout.workFloats);
    this.buffer("results", 4 * layout.resultFloats);
    const batch = this.buffer("batch", 4 * layout.batchWords);
    if (this.words.length < layout.batchWords)
      this.words = new Uint32Array(Math.ceil(1.25 * layout.batchWords));
    fill(calls, layout, this.words, new Float32Array(this.words.buffer));
    device.gpu.queue.writeBuffer(batch, 0, this.words, 0, layout.batchWords);
    const encoder = device.gpu.createCommandEncoder();
    if (mode === "update" || mode === "limited update")
      for (const { slot, updates = 0 } of calls) this.copyState(encoder, slot, updates, "out");
    const pass = encoder.beginComputePass();
    stages.forEach(({ kernel }, k) => {
      pass.setPipeline(pipelines[k]);
      pass.setBindGroup(
        0,
        this.group(kernel.name, Object.keys(kernel.buffers) as BufferName[], pipelines[k]),
      );
      pass.dispatchWorkgroups(...grids[k]);
      device.dispatches += 1;
    });
    pass.end();
    const floats = mode === "forward" ? layout.resultFloats : resultWords * calls.length;
    const reading = this.readBuffer("results", 0, floats, encoder); // submits
    reading.catch(() => {}); // waited for when the scopes have been told: what they tell comes first
    device.hostMilliseconds += performance.now() - begin;
    return reading;
  }

  private group(
    name: string,
    names: readonly BufferName[],
    pipeline: GPUComputePipeline,
  ): GPUBindGroup {
    const known = this.groups.get(name);
    if (known) return known;
    const entries = bufferNames.flatMap((buffer, binding) =>
      names.includes(buffer)
        ? [{ binding, resource: { buffer: this.buffers.get(buffer) as GPUBuffer } }]
        : [],
    );
    const made = this.device.gpu.createBindGroup({
      label: name,
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
    this.groups.set(name, made);
    return made;
  }

  /** A buffer of at least that size: a larger one takes its place, without what was in it. */
  private buffer(name: BufferName, bytes: number): GPUBuffer {
    const known = this.buffers.get(name);
    if (known && known.size >= bytes) return known;
    this.device.destroyBuffer(known);
    const grown = known
      ? Math.min(Math.ceil((1.25 * bytes) / 4) * 4, this.device.mostBytes())
      : bytes;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const made = this.device.createBuffer(name, Math.max(grown, 16), usage);
    this.buffers.set(name, made);
    this.groups.clear();
    return made;
  }

  private async readBuffer(
    name: BufferName,
    at: number,
    floats: number,
    encoder?: GPUCommandEncoder,
  ): Promise<Float32Array> {
    const { gpu } = this.device;
    const bytes = 4 * floats;
    const staging = this.takeStaging(bytes);
    const commands = encoder ?? gpu.createCommandEncoder();
    commands.copyBufferToBuffer(this.buffers.get(name) as GPUBuffer, 4 * at, staging, 0, bytes);
    gpu.queue.submit([commands.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const values = new Float32Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    this.staging.push(staging);
    return values;
  }

  /** The smallest that is large enough; sizes are powers of two, so that there are few. */
  private takeStaging(bytes: number): GPUBuffer {
    const fitting = this.staging.filter(({ size }) => size >= bytes);
    const known = fitting.reduce<GPUBuffer | undefined>(
      (least, buffer) => (least && least.size <= buffer.size ? least : buffer),
      undefined,
    );
    if (known) {
      this.staging.splice(this.staging.indexOf(known), 1);
      return known;
    }
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    return this.device.createBuffer("staging", size, usage);
  }

  /** One after the other: each waits for what was asked before, whether it went well or not. */
  private inTurn<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    return this.afterOthers(() => this.device.scoped(what, work));
  }

  private afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.queue.then(work);
    this.queue = mine.catch((error: unknown) => {
      if (!(error instanceof GatedRnnError)) throw error;
    });
    return mine;
  }
}

/** Of the largest buffer of a step. */
const bytesOf = ({ workFloats, batchWords, resultFloats }: Layout) =>
  4 * Math.max(workFloats, batchWords, resultFloats);
