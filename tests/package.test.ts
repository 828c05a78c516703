import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build as esbuild } from "esbuild";
import { rolldown } from "rolldown";
import { type Rolldown, build as vite } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import * as browserDoor from "../lib/browser.js";
import { doors } from "../notebooks/tools/site/reference.mts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules", ".bin", "node");
let folder: string;

// somebody's own folder, in which gated-rnn is installed
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-user-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "lib"), join(folder, "node_modules", "gated-rnn"));
});

const script = `
const count: number = parameterCount(gru, { inputSize: 20, hiddenSize: 227 });
const roll: PianoRoll = pianoRoll([[60, 64], [60]]);
console.log(count, roll.length, paperCells.map((c) => c.name).join());
`;

function run(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return execFileSync(node, ["--no-warnings", file], { encoding: "utf8" }).trim();
}

describe("gated-rnn is imported", () => {
  it("from a plain TypeScript script, with types", () => {
    const text = `import { gru, paperCells, parameterCount, pianoRoll, type PianoRoll } from "gated-rnn";${script}`;
    expect(run("script.ts", text)).toBe("168888 2 tanh,gru,lstm");
    const check = (file: string, compiler = "typescript") => {
      const compilerOptions = {
        noEmit: true,
        strict: true,
        module: "nodenext",
        skipLibCheck: true,
      };
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions, files: [file] }),
      );
      return execFileSync(
        node,
        [join(root, "node_modules", compiler, "bin", "tsc"), "-p", folder],
        { encoding: "utf8" },
      );
    };
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    expect(check("script.ts")).toBe("");
    expect(check("script.ts", "@tslab/typescript-for-tslab")).toBe(""); // TypeScript 5.0, which notebooks are checked by
    writeFileSync(join(folder, "wrong.ts"), text.replace("inputSize: 20", 'inputSize: "20"'));
    expect(() => check("wrong.ts")).toThrow(
      expect.objectContaining({
        stdout: expect.stringContaining("is not assignable to type 'number'"),
      }),
    );
  });

  it("from plain JavaScript, as a module and by require", () => {
    const plain = script.replaceAll(/: (number|PianoRoll)/g, "");
    expect(
      run(
        "script.mjs",
        `import { gru, paperCells, parameterCount, pianoRoll } from "gated-rnn";${plain}`,
      ),
    ).toBe("168888 2 tanh,gru,lstm");
    expect(
      run(
        "script.cjs",
        `const { gru, paperCells, parameterCount, pianoRoll } = require("gated-rnn");${plain}`,
      ),
    ).toBe("168888 2 tanh,gru,lstm");
  });

  it("by the doors beside the front door, with types, as modules and by require", () => {
    const use = `
const found: number = windowSteps(500);
const bytes: Uint8Array = wavBytes([Float32Array.of(0, 0.5)], 8000);
const shown: string = cellTitle("gru");
const picture = (chart: VegaLiteSpec): unknown => chart;
const plan: SweepPlan = presets["paper-music"];
console.log(found, bytes.length, shown, typeof picture, plan.cells.length > 0);
`;
    const imports = (type: string) =>
      `import { wavBytes, windowSteps } from "gated-rnn/data";
import { cellTitle${type && ", type VegaLiteSpec"} } from "gated-rnn/show";
import { presets${type && ", type SweepPlan"} } from "gated-rnn/sweep";`;
    const printed = "48 48 GRU function true";
    const bare = use.replaceAll(
      /: (number|string|Uint8Array|VegaLiteSpec|unknown|SweepPlan)\b/g,
      "",
    );
    expect(run("doors.ts", imports("type") + use)).toBe(printed);
    expect(run("doors.mjs", imports("") + bare)).toBe(printed);
    const required = imports("").replaceAll(/import (.*) from (".*");/g, "const $1 = require($2);");
    expect(run("doors.cjs", required + bare)).toBe(printed);
    for (const module of ["nodenext", "preserve"]) {
      const compilerOptions = { noEmit: true, strict: true, module, skipLibCheck: true };
      const wrong = imports("type") + use.replace("windowSteps(500)", 'windowSteps("500")');
      writeFileSync(join(folder, "wrong-doors.ts"), wrong);
      const check = (file: string) => {
        const settings = { compilerOptions, files: [file] };
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
        const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
        return execFileSync(node, [tsc, "-p", folder], { encoding: "utf8" });
      };
      expect(check("doors.ts")).toBe("");
      expect(() => check("wrong-doors.ts")).toThrow(
        expect.objectContaining({ stdout: expect.stringContaining("TS2345") }),
      );
    }
  });

  it("by doors that are all known to its reference and no wider than their use", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "lib", "package.json"), "utf8"));
    const paths = Object.keys(exports).filter((path) => !/\.(json|wasm)$/.test(path));
    expect(paths.map((path) => path.replace(/^\./, "gated-rnn")).sort()).toEqual(
      Object.values(doors).sort(),
    );
    const count =
      "for (const n of process.argv.slice(2)) console.log(Object.keys(require(n)).length)";
    writeFileSync(join(folder, "count.cjs"), count);
    const names = [...Object.values(doors)];
    const printed = execFileSync(node, [join(folder, "count.cjs"), ...names], { encoding: "utf8" });
    const values = Object.fromEntries(
      printed
        .trim()
        .split("\n")
        .map((n, i) => [names[i], +n]),
    );
    expect(values["gated-rnn"]).toBeLessThan(90); // was 156: what more it gets belongs behind another
    for (const name of names) expect(values[name], name).toBeGreaterThan(10);
  });

  it.each(Object.values(doors))("%s without loading TensorFlow.js, vega or an engine", (door) => {
    const loaded = run(
      "loaded.cjs",
      `require("${door}"); console.log(Object.keys(require.cache).join("\\n"));`,
    );
    expect(loaded).toContain("lib");
    for (const heavy of ["@tensorflow", "vega", "resvg", ".node"])
      expect(loaded).not.toContain(heavy);
  });

  it("by few files of its own, of one class of error, without Node's network or a packaged zod", () => {
    const text = `
const { GatedRnnError } = require("gated-rnn");
for (const door of ["data", "show", "sweep", "browser"]) require("gated-rnn/" + door);
const loaded = Object.keys(require.cache);
console.log(JSON.stringify({
  own: loaded.filter((file) => /lib.dist/.test(file)).length,
  others: loaded.filter((file) => file.includes("zod")).length,
  http: process.moduleLoadList.filter((name) => /NativeModule (http|https)$/.test(name)),
  same: require("gated-rnn/browser").GatedRnnError === GatedRnnError,
}));`;
    const { own, ...rest } = JSON.parse(run("files.cjs", text));
    expect(own).toBeLessThanOrEqual(8); // five doors and the parts that they share
    expect(rest).toEqual({ others: 0, http: [], same: true });
  });

  it("into a page, by its own door, with nothing of Node", async () => {
    const file = join(folder, "page.js");
    writeFileSync(
      file,
      'import { cell, gru, model, webGpuInPage } from "gated-rnn/browser"; console.log(cell, gru, model, webGpuInPage);',
    );
    const build = await rolldown({ input: file, platform: "browser" });
    const { output } = await build.generate({ format: "esm" });
    expect(output).toHaveLength(1);
    expect(output[0].code).toContain("@compute");
    expect(output[0].code).not.toMatch(/["']node:|\brequire\(["']/);
  });

  it("with the engine's builds for pages beside it", () => {
    for (const build of ["simd", "relaxed-simd"]) {
      const text = `console.log(require("fs").readFileSync(require.resolve("gated-rnn/${build}.wasm")).length)`;
      expect(Number(run(`${build}.cjs`, text))).toBeGreaterThan(10_000);
    }
  });

  it("into a page by esbuild and by vite as they come, all of its door, and it runs there", async () => {
    const entry = join(folder, "whole-page.js");
    writeFileSync(
      entry,
      `import * as door from "gated-rnn/browser";
const names = Object.keys(door).filter((name) => name !== "default").sort().join();
globalThis.found = [names, door.cellDiagram(door.gru), door.syntheticChorales(1).checksum];`,
    );
    const byEsbuild = await esbuild({ entryPoints: [entry], bundle: true, write: false });
    const byVite = (await vite({
      configFile: false,
      logLevel: "silent",
      root: folder,
      build: { write: false, lib: { entry, formats: ["iife"], name: "page" } },
    })) as Rolldown.RolldownOutput[];
    const expected = [
      Object.keys(browserDoor).sort().join(),
      browserDoor.cellDiagram(browserDoor.gru),
      browserDoor.syntheticChorales(1).checksum,
    ];
    for (const code of [byEsbuild.outputFiles[0].text, byVite[0].output[0].code]) {
      const page = { TextEncoder, TextDecoder, performance, found: undefined as unknown };
      runInNewContext(code, Object.assign(page, { globalThis: page }));
      expect(page.found).toEqual(expected);
    }
  });
});

describe("the package", () => {
  it("pins every dependency exactly, and its lock file names no download address", () => {
    for (const file of ["package.json", "lib/package.json"]) {
      const {
        dependencies = {},
        devDependencies = {},
        optionalDependencies = {},
        peerDependencies = {},
      } = JSON.parse(readFileSync(join(root, file), "utf8"));
      for (const [name, version] of Object.entries({
        ...dependencies,
        ...devDependencies,
        ...optionalDependencies,
        ...peerDependencies,
      }))
        expect(version, `${name} in ${file}`).toMatch(/^(npm:[a-z-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/);
    }
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(
      /"resolved": "https?:/,
    );
  });

  it("asks for the Node that its dependencies ask for, and brings one for its own scripts", () => {
    const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
    const least = (range: string) => /^>= ?(\d+)(?:\.(\d+))?/.exec(range)?.slice(1).map(Number);
    const number = ([major = 0, minor = 0]: number[] = []) => 1000 * major + (minor || 0);
    const asked = (folder: string, names: object) =>
      Object.keys(names).map((name) => {
        const places = [`${folder}/node_modules/${name}`, `node_modules/${name}`];
        const found = places.find((place) => existsSync(join(root, place, "package.json")));
        return found ? number(least(read(`${found}/package.json`).engines?.node ?? "")) : 0;
      });
    const { dependencies, engines, peerDependencies } = read("lib/package.json");
    expect(number(least(engines.node))).toBe(Math.max(...asked("lib", dependencies)));
    const own = read("package.json");
    const all = Math.max(...asked(".", own.devDependencies), ...asked("lib", peerDependencies));
    expect(number(least(own.engines.node))).toBe(all);
    const brought = execFileSync(node, ["--version"], { encoding: "utf8" }).slice(1).split(".");
    expect(number(brought.map(Number))).toBeGreaterThanOrEqual(all);
  });

  it("brings to this project whatever is optional for others, at the same version", () => {
    const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
    const { peerDependencies, peerDependenciesMeta } = read("lib/package.json");
    const { devDependencies, optionalDependencies } = read("package.json");
    const byHand = ["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"]; // npm run setup:tensorflow
    for (const [name, version] of Object.entries(peerDependencies)) {
      expect(peerDependenciesMeta[name], name).toEqual({ optional: true });
      const here = { ...devDependencies, ...optionalDependencies }[name];
      expect(here, name).toBe(byHand.includes(name) ? undefined : version);
    }
  });
});
