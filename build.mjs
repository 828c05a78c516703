// The project's build step: lib and data-prep to lib/dist (CommonJS with types, few files) and, module by module, to lib/build/modules
// for tools that look inside; the native engine's addon and its WebAssembly builds, the chart library. Run by `npm ci` (prepare) and before start, test and the other scripts; what is built already is not built again, so that
// they run from a checkout that cannot be written, too.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundles } from "./lib/build-bundles.mjs";
import { isBuilt, removeStamp, sourcesHash, typescript, writeStamp } from "./lib/build-stamp.mjs";
import { buildAddon } from "./lib/engines/native/build.mjs";
import { copyWasm } from "./lib/engines/native/build-wasm.mjs";
import { copyCharts } from "./lib/show/build-charts.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "lib", "dist");
const readOnly = new Set(["EROFS", "EACCES", "EPERM"]);

const sources = sourcesHash(root);
const built = isBuilt(dist, sources);
try {
  if (!built) await build();
  const problem = await buildAddon(); // looks for itself whether there is something to do
  if (problem) console.log(`native engine: no addon, the slower builds are used: ${problem}`);
} catch (error) {
  if (!readOnly.has(error.code)) throw error;
  if (!built) {
    console.error(
      `build: expected to write ${dist}, got ${error.message}; run npm run build once where it can be written`,
    );
    process.exitCode = 1;
  }
}

async function build() {
  if (!existsSync(dist)) mkdirSync(dist);
  removeStamp(dist);
  writeStamp(dist, "none yet"); // shows at once whether the folder can be written
  for (const old of ["lib", "data-prep"]) rmSync(join(dist, old), { recursive: true, force: true });
  const tsc = join(typescript(), "bin", "tsc");
  const project = join(root, "lib", "tsconfig.json");
  const { status } = spawnSync(process.execPath, [tsc, "-p", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1); // the compiler has said why
  await buildBundles(dist);
  copyWasm();
  copyCharts();
  writeStamp(dist, sources);
}
