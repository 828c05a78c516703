// Builds the C source as Node-API addons with this machine's compiler: lib/dist/native/addon-VARIANT-HASH.node, one for every kind
// of processor that a copy of this folder may meet, and addon.json, which says what they are or why there is none. The engine
// chooses among them when it is opened (addon.ts). Cached by the hash of source, compiler and flags.
//
// CC names the compiler, with words of its own if need be: CC="ccache gcc".
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "c");
const out = join(here, "..", "..", "dist", "native");
const platform = `${process.platform}-${process.arch}`;
const run = promisify(execFile);

const flags = ["-std=gnu11", "-O3", "-fno-math-errno", "-fPIC"];
const linkFlags =
  process.platform === "darwin"
    ? ["-bundle", "-undefined", "dynamic_lookup"]
    : ["-shared", "-pthread"];

/** Best first, and what each needs of a processor, in the words of GCC; the last runs on every processor of its architecture. */
const avx2 = ["avx2", "fma", "bmi", "bmi2"];
const avx512 = [...avx2, "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"];
const variantsByArchitecture = {
  x64: [
    { name: "avx512", needs: avx512 },
    { name: "avx2", needs: avx2 },
    { name: "sse2", needs: [] },
  ],
  arm64: [{ name: "neon", needs: [] }],
};
const variants = Object.hasOwn(variantsByArchitecture, process.arch)
  ? variantsByArchitecture[process.arch]
  : [{ name: "plain", needs: [] }];

/** The compiler's words. */
export function compilerWords(cc = process.env.CC || "cc") {
  return existsSync(cc) ? [cc] : cc.trim().split(/\s+/);
}

/** Returns why there is no addon; nothing where there is one. */
export async function buildAddon() {
  mkdirSync(out, { recursive: true });
  const report = (content) => {
    writeFileSync(join(out, "addon.json.tmp"), `${JSON.stringify({ platform, ...content })}\n`);
    renameSync(join(out, "addon.json.tmp"), join(out, "addon.json"));
  };
  const files = readdirSync(source).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(source, file)));
  hash.update(JSON.stringify([flags, linkFlags, variants, platform]));
  const sources = hash.copy().digest("hex").slice(0, 8);
  const known = readReport();
  const isBuilt = known.variants?.every(isWhole);
  const [compiler, ...words] = compilerWords();
  let version;
  try {
    const told = execFileSync(compiler, [...words, "--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    version = told.split("\n")[0];
  } catch {
    if (isBuilt && known.sources === sources) return; // where there was one
    const problem = `no C compiler (${[compiler, ...words].join(" ")}) on this machine; install one (Debian: apt-get install gcc) and run npm run build`;
    report({ problem });
    return problem;
  }
  const id = hash
    .update(JSON.stringify([version, words]))
    .digest("hex")
    .slice(0, 8);
  const fileOf = ({ name }) => `addon-${name}-${id}.node`;
  if (isBuilt && known.id === id) return;

  const headers = join(
    dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")),
    "include",
  );
  const compile = limited(availableParallelism(), (...args) => run(compiler, [...words, ...args]));
  const made = await Promise.all(
    variants.map(async (variant) => {
      const place = join(out, `${fileOf(variant)}.${process.pid}`);
      const units = files.filter((name) => name.endsWith(".c"));
      const objects = units.map((unit) => `${place}.${unit}.o`);
      try {
        await Promise.all(
          units.map((unit, k) => {
            // noise.c gives the bits of the other engines: no fused multiply-add there
            const contract = unit === "noise.c" ? "-ffp-contract=off" : "-ffp-contract=fast";
            const target = variant.needs.map((feature) => `-m${feature}`);
            const own = [...flags, ...target, contract, `-I${headers}`];
            return compile(...own, "-c", join(source, unit), "-o", objects[k]);
          }),
        );
        await compile(...linkFlags, ...objects, "-o", place);
        const bytes = readFileSync(place);
        renameSync(place, join(out, fileOf(variant)));
        return { ...variant, file: fileOf(variant), bytes: bytes.length, sha256: sha256(bytes) };
      } catch (error) {
        const [problem] = String(error.stderr || error.message)
          .trim()
          .split("\n");
        return { ...variant, problem: `${version} could not build it: ${problem}` };
      } finally {
        for (const object of [...objects, place]) rmSync(object, { force: true });
      }
    }),
  );
  report({ id, sources, compiler: version, variants: made });
  const kept = new Set(made.map(({ file }) => file));
  for (const old of readdirSync(out))
    if (/^addon-.*\.node$/.test(old) && !kept.has(old)) rmSync(join(out, old), { force: true });
  return made[made.length - 1].problem;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(join(out, "addon.json"), "utf8"));
  } catch {
    return {}; // none, or half a one: everything is built again
  }
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Whether a variant lies there as it was built; one that could not be built is tried again. */
function isWhole({ file, sha256: expected }) {
  const path = file && join(out, file);
  return path !== undefined && existsSync(path) && sha256(readFileSync(path)) === expected;
}

/** At most so many calls at a time. */
function limited(most, work) {
  let going = 0;
  const waiting = [];
  return async (...args) => {
    if (going >= most) await new Promise((resolve) => waiting.push(resolve));
    going += 1;
    try {
      return await work(...args);
    } finally {
      going -= 1;
      waiting.shift()?.();
    }
  };
}
