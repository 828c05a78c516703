import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { sourceHash } from "../../../lib/engines/native/build-wasm.mjs";
import { nativeWasm } from "../../../lib/engines/native/index.js";
import { nativeWasmFrom } from "../../../lib/engines/native/wasm.js";
import { randomBatch, randomModel, stateOf } from "../../oracle/examples.js";
import { wasmBuild } from "./builds.js";

describe("the native engine as WebAssembly", () => {
  it.each(["simd", "relaxed-simd"] as const)(
    "is built from the C source as it is now: %s",
    async (variant) => {
      const bytes = wasmBuild(variant);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      const hash = ((exports.source_hash as () => number)() >>> 0).toString(16).padStart(8, "0");
      expect(
        hash,
        "the C source has changed: run npm run build:wasm and commit lib/engines/native/wasm",
      ).toBe(await sourceHash());
      expect((await nativeWasmFrom(bytes)).build).toBe(`native wasm ${variant} ${hash}`);
    },
  );

  it("is built from the C source as it is now: the build for memory that threads share", async () => {
    const module = new WebAssembly.Module(wasmBuild("relaxed-simd-threads"));
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 32768, shared: true });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const hash = ((exports.source_hash as () => number)() >>> 0).toString(16).padStart(8, "0");
    expect(hash).toBe(await sourceHash());
  });

  it("takes relaxed SIMD where the runtime has it, else plain", async () => {
    const relaxed = WebAssembly.validate(wasmBuild("relaxed-simd"));
    expect((await nativeWasm()).build).toMatch(
      relaxed ? /^native wasm relaxed-simd / : /^native wasm simd /,
    );
  });

  it("says what is missing where the runtime does not take a build", async () => {
    const notSimd = wasmBuild("simd").slice(0, 100);
    await expect(nativeWasmFrom(notSimd)).rejects.toThrow(
      "native-wasm engine: expected a runtime with WebAssembly SIMD, got one without",
    );
  });

  it("says that a batch does not fit its memory, and goes on with smaller ones", async () => {
    const engine = await nativeWasm();
    const { model, weights } = randomModel(gru, 4, 3, 1);
    const session = await engine.open(model, stateOf(model, weights));
    await session.evaluate(randomBatch(1, 4, [3, 2]));
    const rows = 2 ** 24;
    const stepOffsets = Int32Array.from([0, rows]);
    const none = {
      kind: "sparse",
      width: 4,
      offsets: new Int32Array(rows + 1),
      columns: new Int32Array(0),
    } as const;
    const whole = {
      lengths: new Int32Array(rows).fill(1),
      sources: new Int32Array(rows),
      stepOffsets,
    };
    const large = { size: rows, time: 1, ...whole, input: none, target: none };
    await expect(session.evaluate(large)).rejects.toThrow(
      /native-wasm engine: expected a batch that fits 2 GiB, got \d+\.\d GiB; use/,
    );
    const fitting = randomBatch(2, 4, [900, 800, 700]);
    const other = await engine.open(model, stateOf(model, weights));
    expect(await session.evaluate(fitting)).toEqual(await other.evaluate(fitting));
    await session.close();
    await other.close();
  });
});
