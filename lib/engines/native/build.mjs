// Builds the C source as Node-API addons with this machine's compiler: lib/dist/native/addon-VARIANT-HASH.node, one for every kind
// of processor that a copy of this folder may meet, and addon.json, which says what they are or why there is none. The engine
// chooses among them when it is opened (addon.ts). Cached by the hash of source, compiler and flags.
//
// CC names the compiler, with words of its own if need be: CC="ccache gcc".
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  addonSources,
  buildVariant,
  flags,
  isWhole,
  limited,
  out,
  readReport,
  removeStalePrebuilt,
  variantsOf,
} from "./addon-variants.mjs";

const platform = `${process.platform}-${process.arch}`;
const run = promisify(execFile);
const variants = variantsOf(process.arch);

const linkFlags =
  process.platform === "darwin"
    ? ["-bundle", "-undefined", "dynamic_lookup"]
    : ["-shared", "-pthread"];

/** The compiler's words. */
export function compilerWords(cc = process.env.CC || "cc") {
  return existsSync(cc) ? [cc] : cc.trim().split(/\s+/);
}

/** Returns why there is no addon; nothing where there is one. */
export async function buildAddon() {
  mkdirSync(out, { recursive: true });
  removeStalePrebuilt();
  const report = (content) => {
    writeFileSync(join(out, "addon.json.tmp"), `${JSON.stringify({ platform, ...content })}\n`);
    renameSync(join(out, "addon.json.tmp"), join(out, "addon.json"));
  };
  const hash = addonSources();
  hash.update(JSON.stringify([flags, linkFlags, variants, platform]));
  const sources = hash.copy().digest("hex").slice(0, 8);
  const known = readReport(out);
  const isBuilt = known.variants?.every((variant) => isWhole(out, variant));
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
  if (isBuilt && known.id === id) return;

  const compile = limited(availableParallelism(), (...args) => run(compiler, [...words, ...args]));
  const made = await Promise.all(
    variants.map(async (variant) => {
      const file = `addon-${variant.name}-${id}.node`;
      try {
        const link = (objects) => [...linkFlags, ...objects];
        return {
          ...variant,
          file,
          ...(await buildVariant(compile, variant, link, join(out, file))),
        };
      } catch (error) {
        const [problem] = String(error.stderr || error.message)
          .trim()
          .split("\n");
        return { ...variant, problem: `${version} could not build it: ${problem}` };
      }
    }),
  );
  report({ id, sources, compiler: version, variants: made });
  const kept = new Set(made.map(({ file }) => file));
  for (const old of readdirSync(out))
    if (/^addon-.*\.node$/.test(old) && !kept.has(old)) rmSync(join(out, old), { force: true });
  return made[made.length - 1].problem;
}
