// Builds the C source as Node-API addons for all machines, from one: lib/dist/native/prebuilt/PLATFORM/, which the packed package
// brings, so that it trains at full speed without a compiler and without an install script. The compiler is zig from PyPI (Clang, and
// every platform's C library): that of ZIG ("python3 -m ziglang"), else one that is installed into build/zig.
//
//   npm run build:addons  what is built already is not built again; packing the package runs it (prepack)
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  addonSources,
  buildVariant,
  flags,
  headersPackage,
  isWhole,
  limited,
  out,
  readReport,
  variantsOf,
} from "./addon-variants.mjs";

const zigVersion = "0.17.1";
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const run = promisify(execFile);

/** By the names of prebuilt-platform.ts. glibc 2.17 and macOS 11 are older than what Node 20 asks for. */
const linux = ["-shared", "-pthread"];
// a name of its own: else the file holds the path at which it was linked
const macos = ["-shared", "-undefined", "dynamic_lookup", "-Wl,-install_name,@rpath/addon.node"];
const platforms = {
  "linux-x64": { target: "x86_64-linux-gnu.2.17", link: linux },
  "linux-arm64": { target: "aarch64-linux-gnu.2.17", link: linux },
  "linux-x64-musl": { target: "x86_64-linux-musl", link: linux },
  "linux-arm64-musl": { target: "aarch64-linux-musl", link: linux },
  "darwin-x64": { target: "x86_64-macos.11.0", link: macos },
  "darwin-arm64": { target: "aarch64-macos.11.0", link: macos },
  "win32-x64": { target: "x86_64-windows-gnu", link: ["-shared", "-pthread"] },
};

const architecture = (platform) => platform.split("-")[1];
const folderOf = (platform) => join(out, "prebuilt", platform);

if (process.argv[1] === fileURLToPath(import.meta.url)) await prebuild();

async function prebuild() {
  const work = Object.entries(platforms).map(([platform, { target, link }]) => {
    const variants = variantsOf(architecture(platform));
    const hash = addonSources().update(JSON.stringify([flags, link, variants, target, zigVersion]));
    return { platform, target, link, variants, id: hash.digest("hex").slice(0, 8) };
  });
  const todo = work.filter(({ platform, id }) => !isBuilt(platform, id));
  if (todo.length > 0) {
    const zig = findZig();
    const compile = limited(availableParallelism(), (...args) =>
      run(zig[0], [...zig.slice(1), ...args]),
    );
    const temporary = mkdtempSync(join(tmpdir(), "gated-rnn-prebuild-"));
    try {
      const library = nodeLibrary(zig, temporary);
      for (const each of todo)
        await buildPlatform(each, compile, library).catch((error) => {
          const [problem] = String(error.stderr || error.message)
            .trim()
            .split("\n");
          fail(`${each.platform}: expected zig to build it, got ${problem}`);
        });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  for (const { platform } of work) {
    const { variants } = readReport(folderOf(platform));
    const sizes = variants.map(({ name, bytes }) => `${name} ${(bytes / 1024).toFixed(0)} KiB`);
    console.log(`${platform.padEnd(16)} ${sizes.join(", ")}`);
  }
}

function isBuilt(platform, id) {
  const known = readReport(folderOf(platform));
  return known.id === id && known.variants.every((variant) => isWhole(folderOf(platform), variant));
}

async function buildPlatform({ platform, target, link, variants, id }, compile, library) {
  const folder = folderOf(platform);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const forTarget = (...args) => compile("cc", "-target", target, ...args);
  const libraries = platform.startsWith("win32") ? [library] : [];
  const linkFlags = (objects) => [...link, "-s", ...objects, ...libraries];
  const made = await Promise.all(
    variants.map(async (variant) => {
      const file = `addon-${variant.name}.node`;
      const built = await buildVariant(forTarget, variant, linkFlags, join(folder, file));
      return { ...variant, file, ...built };
    }),
  );
  const kept = new Set(made.map(({ file }) => file));
  for (const name of readdirSync(folder)) // the linker for Windows leaves import libraries
    if (!kept.has(name)) rmSync(join(folder, name));
  const sources = addonSources().digest("hex");
  const report = { platform, id, sources, compiler: `zig ${zigVersion}`, variants: made };
  writeFileSync(join(folder, "addon.json.tmp"), `${JSON.stringify(report)}\n`);
  renameSync(join(folder, "addon.json.tmp"), join(folder, "addon.json"));
}

/** What Windows links with, to find Node's functions in the program that loads the addon. */
function nodeLibrary(zig, folder) {
  const definitions = ["js_native_api.def", "node_api.def"].map((name) =>
    readFileSync(join(headersPackage(), "def", name), "utf8"),
  );
  const names = definitions.flatMap((text) => text.split(/\r?\n/).slice(2)).filter(Boolean);
  const file = join(folder, "node.def");
  writeFileSync(file, `NAME NODE.EXE\nEXPORTS\n${names.join("\n")}\n`);
  const library = join(folder, "node.lib");
  const args = ["dlltool", "-d", file, "-l", library, "-m", "i386:x86-64"];
  execFileSync(zig[0], [...zig.slice(1), ...args]);
  return library;
}

/** The compiler's words. */
function findZig() {
  const own = process.env.ZIG?.trim().split(/\s+/);
  const environment = join(root, "build", "zig");
  const python = join(
    environment,
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  const known = [
    ...(own ? [own] : []),
    [python, "-m", "ziglang"],
    ["python3", "-m", "ziglang"],
    ["zig"],
  ];
  const found = known.find((words) => versionOf(words) === zigVersion);
  if (found) return found;
  if (own)
    fail(`ZIG=${process.env.ZIG}: expected zig ${zigVersion}, got ${versionOf(own) ?? "none"}`);
  console.log(`installing zig ${zigVersion} from PyPI into ${environment} (some minutes, 440 MB)`);
  try {
    if (!existsSync(python))
      execFileSync("python3", ["-m", "venv", environment], { stdio: "pipe" });
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    execFileSync(python, [...args, `ziglang==${zigVersion}`], { stdio: "pipe" });
  } catch (error) {
    const problem = String(error.stderr || error.message)
      .trim()
      .split("\n")
      .at(-1);
    fail(
      `expected to install zig by python3 and pip, got ${problem}; or: ZIG="…/zig" npm run build:addons`,
    );
  }
  return [python, "-m", "ziglang"];
}

function versionOf([program, ...words]) {
  try {
    return execFileSync(program, [...words, "version"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

function fail(problem) {
  console.error(`prebuild: ${problem}`);
  process.exit(1);
}
