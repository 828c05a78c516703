import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { prebuiltPlatform } from "../../lib/engines/native/prebuilt-platform.js";
import { bytesOf, folderWith, manifestsIn, nodeOf, packed, root } from "./packed.js";

// The package as npm packs it, in an empty folder: what somebody has who is not in this project. `npm run test:packed`, and CI.

const versions = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };
const majors = [20, 22, 24] as const;
const nodes = new Map<number, string>();
let folder: string;

beforeAll(() => {
  folder = folderWith(packed());
  for (const major of majors) nodes.set(major, nodeOf(versions[major]));
});

/** Runs a Node version with nothing else on the PATH: no compiler, and no other Node. */
function run(major: number, ...args: readonly string[]) {
  const node = nodes.get(major) as string;
  const { PATH: _path, CC: _cc, NODE_OPTIONS: _options, ...rest } = process.env;
  const env = { ...rest, PATH: dirname(node), GATED_RNN_TENSORFLOW: join(folder, "none") };
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: folder, env, encoding: "utf8" });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const command = (major: number, ...args: readonly string[]) =>
  run(major, join("node_modules", "gated-rnn", "bin", "gated-rnn.cjs"), ...args);

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const training = `
const { record } = await train({ dataset: await openMusic("synthetic"), cell: gru, epochs: 1 });
console.log(record.curve.length, record.engine.build.split(" ").slice(0, 2).join(" "));`;

/** A platform, and how its shared libraries begin: ELF, Mach-O of 64 bits, or Windows. */
function beginning(platform: string): [string, unknown] {
  const [system] = platform.split("-");
  if (system === "linux") return [system, "\x7fELF"];
  if (system === "darwin") return [system, "\xcf\xfa\xed\xfe"];
  return [system, expect.stringMatching(/^MZ/)];
}

describe("the packed package, installed in an empty folder,", () => {
  it("is less than 60 MB, has no install script and none of the large packages", () => {
    const manifests = manifestsIn(folder);
    const names = manifests.map(({ name }) => name);
    expect(names).toContain("gated-rnn");
    expect(names).toContain("zod");
    for (const large of ["@tensorflow/tfjs", "webgpu", "@electric-sql/pglite", "pg-boss", "vega"])
      expect(names).not.toContain(large);
    const onInstall = ["preinstall", "install", "postinstall"];
    const withScript = manifests.filter(({ scripts = {} }) => onInstall.some((k) => k in scripts));
    expect(withScript).toEqual([]);
    const bytes = bytesOf(join(folder, "node_modules"));
    console.log(`installed: ${(bytes / 1e6).toFixed(1)} MB, ${manifests.length} packages`);
    expect(bytes).toBeLessThan(60e6);
  });

  it("brings addons for all platforms, and none that was built for this machine alone", () => {
    const native = join(folder, "node_modules", "gated-rnn", "dist", "native");
    expect(readdirSync(native).sort()).toEqual([
      "prebuilt",
      "relaxed-simd-threads.wasm",
      "relaxed-simd.wasm",
      "simd.wasm",
    ]);
    const platforms = readdirSync(join(native, "prebuilt"));
    expect(platforms).toEqual(expect.arrayContaining(["darwin-arm64", "linux-x64", "win32-x64"]));
    for (const platform of platforms) {
      const path = join(native, "prebuilt", platform);
      const report = JSON.parse(readFileSync(join(path, "addon.json"), "utf8"));
      expect(report.platform).toBe(platform);
      for (const { file: name } of report.variants) {
        const kind = readFileSync(join(path, name)).subarray(0, 4).toString("latin1");
        expect([platform.split("-")[0], kind]).toEqual(beginning(platform));
      }
    }
    expect(platforms).toContain(prebuiltPlatform());
  });

  it.each(majors)("trains on the addon without a compiler, on Node %i", (major) => {
    const imports = `{ gru, openMusic, train } from "gated-rnn";`;
    const module = file(`train.mjs`, `import ${imports}${training}`);
    expect(run(major, module)).toEqual({ status: 0, stdout: "1 native addon", stderr: "" });
    const required = file(
      `train.cjs`,
      `const { gru, openMusic, train } = require("gated-rnn");(async () => {${training}})();`,
    );
    expect(run(major, required)).toEqual({ status: 0, stdout: "1 native addon", stderr: "" });
  });

  it.each(majors)("draws without the chart library's packages, on Node %i", (major) => {
    const out = `started-${major}`;
    const args = ["start", "--epochs", "1", "--learning-rates", "1", "--slots", "1", "--out", out];
    const { status, stdout } = command(major, ...args);
    expect(status).toBe(0);
    expect(stdout).toContain(`learning curves by epoch: ${out}/learning-curves-epoch.svg`);
    expect(readFileSync(join(folder, out, "learning-curves-epoch.svg"), "utf8")).toContain("GRU");
  });

  it.each(majors)(
    "says what an engine or command lacks, and how to add it, on Node %i",
    (major) => {
      const peers = JSON.parse(readFileSync(join(root, "lib", "package.json"), "utf8"))
        .peerDependencies as Record<string, string>;
      const asked = (names: readonly string[]) =>
        `expected the package ${names[0]}, which is not installed; npm install ${names.map((name) => `${name}@${peers[name]}`).join(" ")}`;
      const lacking = [
        [["train", "--engine", "webgpu"], `webgpu engine: ${asked(["webgpu"])}`],
        [
          ["train", "--engine", "reference"],
          `reference engine: ${asked(["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"])}`,
        ],
        [["sweep"], `sweep: ${asked(["pg-boss", "@electric-sql/pglite"])}`],
      ] as const;
      for (const [words, problem] of lacking) {
        const { status, stderr } = command(major, ...words, "--data", "synthetic");
        expect([status, stderr]).toEqual([words[0] === "sweep" ? 1 : 2, `gated-rnn: ${problem}`]);
      }
    },
  );

  it("passes strict TypeScript, its own typings checked too, of this year and of two years ago", () => {
    const doors = [
      "gated-rnn",
      "gated-rnn/data",
      "gated-rnn/show",
      "gated-rnn/sweep",
      "gated-rnn/browser",
    ];
    const imports = doors.map((door, k) => `import * as door${k} from "${door}";`).join("\n");
    const text = `${imports}
const count: number = door0.parameterCount(door0.gru, { inputSize: 20, hiddenSize: 227 });
console.log(count, door1, door2, door3, door4);\n`;
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      module: "nodenext",
      types: ["node"],
      typeRoots: [join(root, "node_modules", "@types")],
    };
    const settings = { compilerOptions, files: [file("strict.ts", text)] };
    file("tsconfig.json", JSON.stringify(settings));
    for (const compiler of ["typescript", "typescript-api"]) {
      const tsc = join(root, "node_modules", compiler, "bin", "tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], {
        encoding: "utf8",
      });
      expect([status, stdout]).toEqual([0, ""]);
    }
    file("strict.ts", text.replace("inputSize: 20", 'inputSize: "20"'));
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(stdout).toContain("is not assignable to type 'number'");
  });

  describe("is used through other people's tools", () => {
    let tools: string;
    beforeAll(() => {
      tools = folderWith("tsx@4.20.6", "esbuild@0.25.11");
    });
    const tool = (...path: string[]) => join(tools, "node_modules", ...path);
    const script = `import { gru, openMusic, train, type RunRecord } from "gated-rnn";
async function main() { ${training}
  const kept: RunRecord = record; console.log(kept.status); }
main();\n`;

    it.each(majors)("tsx, on Node %i", (major) => {
      const { stdout, stderr } = run(
        major,
        tool("tsx", "dist", "cli.mjs"),
        file("tool.ts", script),
      );
      expect([stdout, stderr]).toEqual(["1 native addon\nfinished", ""]);
    });

    it.each([
      ["whole in a bundle", ["--bundle", "--format=cjs"], "whole.cjs"],
      ["beside a bundle", ["--bundle", "--format=esm", "--packages=external"], "beside.mjs"],
    ])("esbuild, %s, on every Node", (_, options, out) => {
      const args = [file("tool.ts", script), ...options, "--platform=node", "--log-level=error"];
      const built = execFileSync(tool("esbuild", "bin", "esbuild"), [...args, `--outfile=${out}`], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(built).toBe("");
      for (const major of majors) expect(run(major, out).stdout).toBe("1 native addon\nfinished");
    });

    it("esbuild, for a page", () => {
      const page = `import { gru, model, webGpuInPage } from "gated-rnn/browser"; console.log(gru, model, webGpuInPage);`;
      const args = [
        file("page.ts", page),
        "--bundle",
        "--format=esm",
        "--platform=browser",
        "--outfile=page.js",
      ];
      execFileSync(tool("esbuild", "bin", "esbuild"), [...args, "--log-level=error"], {
        cwd: folder,
      });
      const built = readFileSync(join(folder, "page.js"), "utf8");
      expect(built).toContain("@compute");
    });
  });
});
