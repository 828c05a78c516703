// Builds the C source as a Node-API addon with this machine's compiler: lib/dist/native/addon-HASH.node, and addon.json, which
// says what it is or why there is none. Cached by the hash of source, compiler, flags and processor.
import { execFileSync } from "node:child_process";
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
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "c");
const out = join(here, "..", "..", "dist", "native");
const flags = ["-std=gnu11", "-O3", "-march=native", "-fno-math-errno", "-fPIC"];
const linkFlags =
  process.platform === "darwin"
    ? ["-bundle", "-undefined", "dynamic_lookup"]
    : ["-shared", "-pthread"];
const compiler = process.env.CC || "cc";

function version() {
  return execFileSync(compiler, ["--version"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).split("\n")[0];
}

function vectors() {
  const macros = execFileSync(compiler, [...flags, "-dM", "-E", "-x", "c", "/dev/null"], {
    encoding: "utf8",
  });
  return macros.includes("__AVX512F__")
    ? "avx512"
    : macros.includes("__AVX__")
      ? "avx2"
      : process.arch === "arm64"
        ? "neon"
        : "simd128";
}

export function buildAddon() {
  mkdirSync(out, { recursive: true });
  const report = (content) => {
    writeFileSync(join(out, "addon.json.tmp"), `${JSON.stringify(content)}\n`);
    renameSync(join(out, "addon.json.tmp"), join(out, "addon.json"));
  };
  let compilerVersion;
  try {
    compilerVersion = version();
  } catch {
    const problem = `no C compiler (${compiler}) on this machine; install one (Debian: apt-get install gcc) and run npm run build`;
    report({ problem });
    return problem;
  }
  const files = readdirSync(source).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(source, file)));
  hash.update(JSON.stringify([compilerVersion, flags, linkFlags, cpus()[0]?.model, process.arch]));
  const id = hash.digest("hex").slice(0, 8);
  const file = `addon-${id}.node`;
  const built = () =>
    report({ file, build: `${vectors()} ${id}`, compiler: compilerVersion, flags });
  if (existsSync(join(out, file))) return void built();
  const headers = join(
    dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")),
    "include",
  );
  const objects = [];
  try {
    for (const unit of files.filter((name) => name.endsWith(".c"))) {
      const object = join(out, `${unit}.${process.pid}.o`);
      objects.push(object);
      // noise.c gives the bits of the other engines: no fused multiply-add there
      const contract = unit === "noise.c" ? "-ffp-contract=off" : "-ffp-contract=fast";
      execFileSync(
        compiler,
        [...flags, contract, `-I${headers}`, "-c", join(source, unit), "-o", object],
        {
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
    }
    const temporary = join(out, `${file}.${process.pid}`);
    execFileSync(compiler, [...linkFlags, ...objects, "-o", temporary], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    for (const old of readdirSync(out)) if (/^addon-.*\.node$/.test(old)) rmSync(join(out, old));
    renameSync(temporary, join(out, file));
    built();
  } catch (error) {
    const problem = `${compilerVersion} could not build it: ${
      String(error.stderr || error.message)
        .trim()
        .split("\n")[0]
    }`;
    report({ problem });
    return problem;
  } finally {
    for (const object of objects) rmSync(object, { force: true });
  }
}
