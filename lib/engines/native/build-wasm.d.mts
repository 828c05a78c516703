/** First 32 bits of the hash of C sources, flags and compiler, as eight hexadecimal digits. */
export function sourceHash(): Promise<string>;

/** The bytes of a build of the C source as it is now. */
export function buildWasm(variant: "simd.wasm" | "relaxed-simd.wasm"): Promise<Uint8Array>;

/** Lays the committed builds where the engine looks for them. */
export function copyWasm(): void;
