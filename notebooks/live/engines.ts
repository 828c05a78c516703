import { type Engine, nativeWasmFrom, webGpuInPage } from "gated-rnn/browser";

/** The WebAssembly builds as they lie in the page, in base64. */
export interface WasmTexts {
  readonly simd: string;
  readonly relaxed: string;
}

/** The faster build that this browser takes. */
export async function wasmEngine({ simd, relaxed }: WasmTexts): Promise<Engine> {
  const bytes = bytesOf(relaxed);
  return nativeWasmFrom(WebAssembly.validate(bytes) ? bytes : bytesOf(simd));
}

/**
 * What trains: WebAssembly, or a GPU, or in checks what plays one.
 *
 * @throws GatedRnnError `engine-missing` where there is no such adapter for this page
 */
export async function trainingEngine(
  wish: "wasm" | "webgpu" | "software",
  wasm: Promise<Engine>,
): Promise<Engine> {
  if (wish === "wasm") return wasm;
  return webGpuInPage(wish === "webgpu" ? "gpu" : wish);
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
