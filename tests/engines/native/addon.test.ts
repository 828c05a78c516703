import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { addonFolder, addonKernels, prebuiltFolder } from "../../../lib/engines/native/addon.js";
import { compilerWords } from "../../../lib/engines/native/build.mjs";
import { engineOn } from "../../../lib/engines/native/engine.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../../oracle/examples.js";
import { oracle } from "../../oracle/oracle.js";

interface Built {
  readonly name: string;
  readonly file: string;
  needs: string[];
}
interface Report {
  platform: string;
  variants: Built[];
  problem?: string;
}

const report: Report = JSON.parse(readFileSync(join(addonFolder(), "addon.json"), "utf8"));
const isBuilt = report.variants !== undefined;

/** A copy of what was built, with a changed report. */
function copy(change: (report: Report) => void = () => {}): { folder: string; files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-addon-"));
  for (const { file } of report.variants)
    copyFileSync(join(addonFolder(), file), join(folder, file));
  const changed: Report = structuredClone(report);
  change(changed);
  writeFileSync(join(folder, "addon.json"), JSON.stringify(changed));
  return { folder, files: report.variants.map(({ file }) => join(folder, file)) };
}

const truncate = (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5000));
const flipBit = (file: string) => {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 4;
  writeFileSync(file, bytes);
};
const variantOf = (build: string) => build.split(" ")[2];

describe.skipIf(!isBuilt)("the addon's variants", () => {
  it("compute loss and gradient as the float64 oracle, each that this processor can carry out", async () => {
    const { model, weights } = randomModel(gru, 31, 19, 4);
    const batch = randomBatch(3, 31, [40, 22, 22, 3, 1]);
    const expected = oracle(model, weights, batch);
    const folders = [addonFolder(), prebuiltFolder()].filter(existsSync);
    const builds = folders.flatMap((folder) =>
      report.variants.map(({ name }) => ({ folder, name })),
    );
    for (const { folder, name } of builds) {
      const kernels = addonKernels(name, folder);
      const session = await engineOn("native", kernels).open(model, stateOf(model, weights));
      const nll = (await session.evaluate(batch)).map((s) => s.nll);
      const losses = expected.sequences.map((s) => s.nll);
      expect(relativeError(nll, losses), kernels.build).toBeLessThan(1e-5);
      for (const [parameter, gradient] of await session.gradient(batch))
        expect(
          relativeError(gradient, expected.gradient.get(parameter) ?? []),
          `${kernels.build} ${parameter}`,
        ).toBeLessThan(1e-4);
      await session.close();
    }
  });

  it("are passed over where the processor lacks what they need, which is told", () => {
    const { folder } = copy(({ variants }) => {
      for (const variant of variants.slice(0, -1)) variant.needs = ["amx9000"];
    });
    const { build, reason } = addonKernels(undefined, folder);
    expect(variantOf(build)).toBe(report.variants.at(-1)?.name);
    for (const { name } of report.variants.slice(0, -1))
      expect(reason).toContain(`no ${name}: this processor has no amx9000`);
  });

  it.each([
    ["cut short", truncate, /has 5000 bytes, not \d+; run npm run build/],
    ["with a flipped bit", flipBit, /is not what was built; run npm run build/],
  ])("are not loaded when their file is %s: the next one is", (_, damage, problem) => {
    const best = variantOf(addonKernels().build);
    const next = report.variants[report.variants.findIndex(({ name }) => name === best) + 1];
    const { folder, files } = copy();
    damage(files[report.variants.findIndex(({ name }) => name === best)]);
    if (next) {
      const { build, reason } = addonKernels(undefined, folder);
      expect(variantOf(build)).toBe(next.name);
      expect(reason).toMatch(problem);
    }
    for (const file of files) damage(file);
    expect(() => addonKernels(undefined, folder)).toThrow(problem);
  });

  it("are not loaded on another platform than theirs, nor by half a report", () => {
    const foreign = copy((changed) => {
      changed.platform = "beos-ppc";
    });
    expect(() => addonKernels(undefined, foreign.folder)).toThrow("it was built for beos-ppc");
    writeFileSync(join(foreign.folder, "addon.json"), '{"platform":');
    expect(() => addonKernels(undefined, foreign.folder)).toThrow("addon.json is damaged");
  });

  const emulator = spawnSync("qemu-x86_64", ["--version"]).status === 0;
  it.skipIf(!emulator || process.arch !== "x64")(
    "run on a processor without AVX-512, in an emulator",
    () => {
      const script = fileURLToPath(new URL("training-bits.cjs", import.meta.url));
      const emulated = ["-cpu", "Haswell", process.execPath, script, "native", "1", "1"];
      const told = execFileSync("qemu-x86_64", emulated, { encoding: "utf8", stdio: "pipe" });
      const here = execFileSync(process.execPath, emulated.slice(3), { encoding: "utf8" });
      expect(JSON.parse(told).nll).toBeCloseTo(JSON.parse(here).nll, 3);
    },
  );

  it("leave nothing behind in the folder but themselves", () => {
    const left = readdirSync(addonFolder()).filter((name) => name.startsWith("addon-"));
    expect(left.sort()).toEqual(report.variants.map(({ file }) => file).sort());
  });
});

describe("the compiler", () => {
  it.each([
    ["ccache gcc", ["ccache", "gcc"]],
    [" gcc  -m64 ", ["gcc", "-m64"]],
    ["clang", ["clang"]],
  ])("of CC=%j is called by its words", (cc, words) => {
    expect(compilerWords(cc)).toEqual(words);
  });

  it("may lie under a path with blanks", () => {
    const file = join(mkdtempSync(join(tmpdir(), "two words ")), "cc");
    writeFileSync(file, "");
    expect(compilerWords(file)).toEqual([file]);
  });
});
