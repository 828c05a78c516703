// What the addon is made of, whoever compiles it: its sources, flags and kinds of processors, and how one kind is compiled. Used by
// build.mjs (this machine's compiler) and prebuild.mjs (for all machines).
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "c");
const files = readdirSync(source).sort();

/** Where what is built goes. */
export const out = join(here, "..", "..", "dist", "native");

export const flags = ["-std=gnu11", "-O3", "-fno-math-errno", "-fPIC"];

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
export const variantsOf = (architecture) =>
  Object.hasOwn(variantsByArchitecture, architecture)
    ? variantsByArchitecture[architecture]
    : [{ name: "plain", needs: [] }];

/** A hash of the C sources, to which a builder adds what else its builds depend on. */
export function addonSources() {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(source, file)));
  return hash;
}

/** What prebuild.mjs has made of other sources would not fit the engine that is built now. */
export function removeStalePrebuilt(folder = join(out, "prebuilt")) {
  const sources = addonSources().digest("hex");
  for (const platform of existsSync(folder) ? readdirSync(folder) : []) {
    const place = join(folder, platform);
    const isBuilt = existsSync(join(place, "addon.json")); // else one that is being built just now
    if (isBuilt && readReport(place).sources !== sources)
      rmSync(place, { recursive: true, force: true });
  }
}

export const headersPackage = () =>
  dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json"));

/**
 * Compiles and links one variant into a file.
 *
 * @param compile runs the compiler with arguments
 * @returns the file's size and checksum
 * @throws what `compile` throws; nothing is left behind then
 */
export async function buildVariant(compile, variant, linkFlags, file) {
  const place = `${file}.${process.pid}`;
  const units = files.filter((name) => name.endsWith(".c"));
  const objects = units.map((unit) => `${place}.${unit}.o`);
  try {
    const compiled = await Promise.allSettled(
      units.map((unit, k) => {
        // noise.c gives the bits of the other engines: no fused multiply-add there
        const contract = unit === "noise.c" ? "-ffp-contract=off" : "-ffp-contract=fast";
        const target = variant.needs.map((feature) => `-m${feature}`);
        const own = [...flags, ...target, contract, `-I${join(headersPackage(), "include")}`];
        return compile(...own, "-c", join(source, unit), "-o", objects[k]);
      }),
    );
    // all have ended now: none writes a file after what is left is removed
    const failed = compiled.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    await compile(...linkFlags(objects), "-o", place);
    const bytes = readFileSync(place);
    renameSync(place, file);
    return { bytes: bytes.length, sha256: sha256(bytes) };
  } finally {
    for (const left of [...objects, place]) rmSync(left, { force: true });
  }
}

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A report beside addons; an empty one where there is none, or half a one: everything is built again then. */
export function readReport(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "addon.json"), "utf8"));
  } catch {
    return {};
  }
}

/** Whether a variant lies in a folder as it was built; one that could not be built is tried again. */
export function isWhole(folder, { file, sha256: expected }) {
  try {
    return file !== undefined && sha256(readFileSync(join(folder, file))) === expected;
  } catch {
    return false;
  }
}

/** At most so many calls at a time. */
export function limited(most, work) {
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
