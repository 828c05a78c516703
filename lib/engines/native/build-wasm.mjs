// Builds the C source as WebAssembly: wasm/simd.wasm, wasm/relaxed-simd.wasm, and the latter for memory that threads share. They
// are committed, so that only those who change the C source need the compiler. The same sources give the same bytes on every
// machine. (Not with LLVM 21: it mixes up the operands of relaxed_madd, llvm/llvm-project#161355.)
//
//   npm run build:wasm             rebuild
//   npm run build:wasm -- --check  rebuild in memory and fail if the committed bytes differ
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wasmFolder = join(here, "wasm");
const out = join(here, "..", "..", "dist", "native");

const flags = [
  "--target=wasm32",
  "-ffreestanding",
  "-std=gnu11",
  "-O3",
  "-fno-math-errno",
  "-msimd128",
];
const linkFlags = [
  ...["-nostdlib", "-Wl,--no-entry", "-Wl,--export=__heap_base"],
  // a stack that overflows meets the end of memory, not the data
  ...["-Wl,--stack-first", "-Wl,-z,stack-size=65536", "-Wl,--strip-all"],
];
const shared = {
  flags: ["-matomics", "-mbulk-memory"],
  // the memory is made outside; every thread sets a stack of its own
  link: [
    ...["-Wl,--import-memory", "-Wl,--shared-memory", "-Wl,--max-memory=2147483648"],
    "-Wl,--export=__stack_pointer",
  ],
};
export const variants = {
  "simd.wasm": { flags: [], link: [] },
  "relaxed-simd.wasm": { flags: ["-mrelaxed-simd"], link: [] },
  "relaxed-simd-threads.wasm": { flags: ["-mrelaxed-simd", ...shared.flags], link: shared.link },
};

/** Lays the committed builds where the engine looks for them. */
export function copyWasm() {
  mkdirSync(out, { recursive: true });
  for (const variant of Object.keys(variants)) {
    const temporary = join(out, `${variant}.${process.pid}`);
    copyFileSync(join(wasmFolder, variant), temporary);
    renameSync(temporary, join(out, variant));
  }
}

/** What only the addon has. */
const addonOnly = ["addon.c", "processor.h", "team.c", "team.h"];

/** The C sources by name. */
function sources() {
  const folders = [join(here, "c"), wasmFolder];
  const files = folders.flatMap((folder) =>
    readdirSync(folder).map((name) => [name, join(folder, name)]),
  );
  return Object.fromEntries(
    files
      .filter(([name]) => /\.[ch]$/.test(name) && !addonOnly.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, file]) => [name, readFileSync(file)]),
  );
}

/** First 32 bits of the hash of sources, flags and compiler: what a build's `source_hash` returns. */
export async function sourceHash() {
  const { version } = await import("@yowasp/clang");
  const hash = createHash("sha256");
  for (const [name, content] of Object.entries(sources())) hash.update(name).update(content);
  hash.update(JSON.stringify([flags, linkFlags, variants, version]));
  return hash.digest("hex").slice(0, 8);
}

/** One build's bytes. */
export async function buildWasm(variant) {
  const { runClang, runLLVM } = await import("@yowasp/clang");
  await runLLVM(null, {}, { fetchProgress: () => {} });
  const files = sources();
  const hash = await sourceHash();
  const run = async (name, ...args) => {
    try {
      return (await runClang(["clang", ...args, "-o", name], files))[name];
    } catch {
      throw new Error(`${variant}: clang failed on ${name}, and said why above`); // its own error prints every file
    }
  };
  const units = Object.keys(files).filter((name) => name.endsWith(".c"));
  const objects = [];
  for (const unit of units) {
    const object = unit.replace(/c$/, "o");
    // noise.c gives the bits of the other engines: no fused multiply-add there
    const contract = unit === "noise.c" ? "-ffp-contract=off" : "-ffp-contract=fast";
    const compile = [
      ...flags,
      ...variants[variant].flags,
      contract,
      `-DSOURCE_HASH=0x${hash}u`,
      "-c",
      unit,
    ];
    files[object] = await run(object, ...compile);
    objects.push(object);
  }
  return run(variant, "--target=wasm32", ...linkFlags, ...variants[variant].link, ...objects);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const check = process.argv.includes("--check");
  for (const variant of Object.keys(variants)) {
    const bytes = Buffer.from(await buildWasm(variant));
    const file = join(wasmFolder, variant);
    if (!check) writeFileSync(file, bytes);
    else if (!bytes.equals(readFileSync(file))) {
      console.error(
        `${variant}: expected the bytes that the C source gives, got others; run npm run build:wasm and commit the result`,
      );
      process.exitCode = 1;
    }
    console.log(`${variant}: ${bytes.length} bytes, sources ${await sourceHash()}`);
  }
}
