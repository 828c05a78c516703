// The project's build step: lib and data-prep to lib/dist (CommonJS with types), the native engine's addon and its WebAssembly
// builds. Run by `npm ci` (prepare) and before start and test.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAddon } from "./lib/engines/native/build.mjs";
import { copyWasm } from "./lib/engines/native/build-wasm.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "lib", "tsconfig.json")], {
  stdio: "inherit",
});
copyWasm();
const problem = await buildAddon();
if (problem) console.log(`native engine: no addon, the slower builds are used: ${problem}`);
