import { GatedRnnError } from "../../errors.js";
import type { AdapterDescription } from "./contract.js";
import { bufferNames, type Kernel } from "./wgsl/kernel.js";

/** Limits that are raised to what the adapter offers. */
const raised = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
] as const;

export function describeAdapter(adapter: GPUAdapter): AdapterDescription {
  const { vendor, architecture, device, description } = adapter.info;
  const words = [...new Set([vendor, architecture, device, description].filter((word) => word))];
  const name = words.join(", ") || "unnamed adapter";
  const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const isSoftware =
    fallback || /swiftshader|llvmpipe|lavapipe|software|basic render|null-backend/i.test(name);
  return { name, isSoftware };
}

/** A GPU device that the engine owns: limits raised to the adapter's, errors typed and named by kernel, an end. */
export class Device {
  /** Dispatches so far, the processor's time for preparing and submitting them, and bytes of buffers now: for those who count. */
  dispatches = 0;
  hostMilliseconds = 0;
  bytes = 0;
  private problem: GatedRnnError | undefined;
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();

  private constructor(
    readonly gpu: GPUDevice,
    readonly description: AdapterDescription,
    readonly keepsWeights: boolean,
  ) {
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.problem ??= failure(event.error.message);
    });
    gpu.lost.then(({ reason, message }) => {
      this.problem = failure(
        `expected a GPU that stays, got the device lost (${reason}): ${message}; the same command goes on from the last checkpoint`,
      );
    });
  }

  /**
   * @param keepsWeights whether loops keep their weights in workgroup memory where they fit; default: in software, where it is no
   * nearer than other memory and compiles slowly, they do not
   * @throws GatedRnnError `engine` when the adapter gives no device
   */
  static async open(
    adapter: GPUAdapter,
    keepsWeights = !describeAdapter(adapter).isSoftware,
  ): Promise<Device> {
    const requiredLimits = Object.fromEntries(
      raised.map((limit) => [limit, adapter.limits[limit]]),
    );
    const description = describeAdapter(adapter);
    try {
      return new Device(
        await adapter.requestDevice({ label: "gated-rnn", requiredLimits }),
        description,
        keepsWeights,
      );
    } catch (error) {
      throw failure(
        `expected a device of ${description.name}, got none: ${(error as Error).message}`,
      );
    }
  }

  /** Whether it can be used no more. */
  get isLost(): boolean {
    return this.problem !== undefined;
  }

  /** @throws GatedRnnError `engine` once something has gone wrong that no call was waiting for, and after a loss */
  check(): void {
    if (this.problem) throw this.problem;
  }

  /**
   * The pipeline of a kernel, compiled once.
   *
   * @throws GatedRnnError `usage` when the kernel is too large for the device, `engine` when it does not compile
   */
  pipeline(kernel: Kernel): Promise<GPUComputePipeline> {
    this.checkWorkgroup(kernel);
    const known = this.pipelines.get(kernel.code);
    if (known) return known;
    const made = this.compile(kernel);
    this.pipelines.set(kernel.code, made);
    return made;
  }

  /** @throws GatedRnnError `usage` */
  checkWorkgroup({ name, workgroupBytes, workgroupSize }: Kernel): void {
    const {
      maxComputeWorkgroupStorageSize: bytes,
      maxComputeInvocationsPerWorkgroup: invocations,
    } = this.gpu.limits;
    if (workgroupBytes > bytes)
      this.tooLarge(name, workgroupBytes, bytes, "bytes of workgroup memory", "hidden units");
    if (workgroupSize > invocations)
      this.tooLarge(name, workgroupSize, invocations, "invocations of a workgroup", "hidden units");
  }

  /** @throws GatedRnnError `usage` when a buffer cannot be bound as a whole */
  checkBuffer(name: string, bytes: number, fewer: string): void {
    const [most, mebibyte] = [this.mostBytes(), 2 ** 20];
    if (bytes > most)
      this.tooLarge(
        name,
        Math.ceil(bytes / mebibyte),
        Math.floor(most / mebibyte),
        "MiB in one buffer",
        fewer,
      );
  }

  mostBytes(): number {
    return Math.min(this.gpu.limits.maxStorageBufferBindingSize, this.gpu.limits.maxBufferSize);
  }

  /** @throws GatedRnnError `usage` when a grid is longer than the device takes */
  checkGrid(name: string, grid: readonly number[]): void {
    const most = this.gpu.limits.maxComputeWorkgroupsPerDimension;
    for (const size of grid)
      if (size > most) this.tooLarge(name, size, most, "workgroups in a row", "steps × sequences");
  }

  /**
   * Does work whose mistakes belong to it and not to whatever comes later.
   *
   * @throws GatedRnnError `engine`, saying what for
   */
  async scoped<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    this.check();
    this.gpu.pushErrorScope("out-of-memory");
    this.gpu.pushErrorScope("validation");
    const working = (async () => work())();
    // the scopes hold what has been called, not what is waited for: another's work may come between
    const scopes = [this.gpu.popErrorScope(), this.gpu.popErrorScope()];
    const [done, ...errors] = await Promise.allSettled([working, ...scopes]);
    for (const e of errors)
      if (e.status === "fulfilled" && e.value) throw failure(`${what}: ${e.value.message}`);
    if (done.status === "fulfilled") {
      this.check();
      return done.value;
    }
    return this.failed(what, done.reason);
  }

  /** What the device does in its own time after it was asked; a lost device is told as one. */
  async awaited<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      return this.failed(what, error);
    }
  }

  private async failed(what: string, reason: unknown): Promise<never> {
    if (reason instanceof GatedRnnError) throw reason;
    await new Promise((resolve) => setTimeout(resolve)); // a loss is told after what failed by it
    this.check();
    throw failure(`${what}: ${(reason as Error).message}`);
  }

  createBuffer(label: string, size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    this.bytes += size;
    return this.gpu.createBuffer({ label, size, usage });
  }

  destroyBuffer(buffer: GPUBuffer | undefined): void {
    if (!buffer) return;
    this.bytes -= buffer.size;
    buffer.destroy();
  }

  private compile({ name, code, buffers }: Kernel): Promise<GPUComputePipeline> {
    return this.scoped(`kernel ${name}`, async () => {
      const module = this.gpu.createShaderModule({ code, label: name });
      // not the layout "auto", which leaves out what a cell happens not to read
      const entries = bufferNames.flatMap((buffer, binding) => {
        const access = buffers[buffer];
        const type = access === "read" ? ("read-only-storage" as const) : ("storage" as const);
        return access ? [{ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }] : [];
      });
      const layout = this.gpu.createPipelineLayout({
        bindGroupLayouts: [this.gpu.createBindGroupLayout({ entries, label: name })],
      });
      return this.gpu.createComputePipelineAsync({
        layout,
        label: name,
        compute: { module, entryPoint: "main" },
      });
    });
  }

  private tooLarge(what: string, got: number, most: number, of: string, fewer: string): never {
    throw new GatedRnnError(
      "usage",
      `webgpu engine: ${what}: expected at most ${most} ${of} on ${this.description.name}, got ${got}; use fewer ${fewer}`,
    );
  }
}

function failure(problem: string): GatedRnnError {
  return new GatedRnnError("engine", `webgpu engine: ${problem}`);
}
