import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  addonSources,
  buildVariant,
  removeStalePrebuilt,
  variantsOf,
} from "../../../lib/engines/native/addon-variants.mjs";

const [avx512] = variantsOf("x64");
const link = (objects: readonly string[]) => ["-shared", ...objects];
const folder = () => mkdtempSync(join(tmpdir(), "gated-rnn-variant-"));
const outputOf = (args: readonly string[]) => args[args.indexOf("-o") + 1];

it("leaves nothing behind where one file does not compile, though others end later", async () => {
  const place = folder();
  const compile = async (...args: string[]) => {
    if (args.some((word) => word.endsWith("addon.c"))) throw new Error("addon.c: no");
    await new Promise((resolve) => setTimeout(resolve, 50)); // slower than the one that fails
    writeFileSync(outputOf(args), "object");
  };
  const built = buildVariant(compile, avx512, link, join(place, "addon.node"));
  await expect(built).rejects.toThrow("addon.c: no");
  await new Promise((resolve) => setTimeout(resolve, 150)); // whoever was still writing has ended
  expect(readdirSync(place)).toEqual([]);
});

it("compiles every file for the variant's processor, the noise without fused multiply-add", async () => {
  const place = folder();
  const calls: string[][] = [];
  const compile = async (...args: string[]) => {
    calls.push(args);
    writeFileSync(outputOf(args), "linked");
  };
  const { bytes } = await buildVariant(compile, avx512, link, join(place, "addon.node"));
  expect(bytes).toBe("linked".length);
  expect(readFileSync(join(place, "addon.node"), "utf8")).toBe("linked");
  expect(readdirSync(place)).toEqual(["addon.node"]);
  const compiled = calls.filter((args) => args.includes("-c"));
  expect(compiled.every((args) => args.includes("-mavx512f"))).toBe(true);
  for (const args of compiled)
    expect(args.includes("-ffp-contract=off")).toBe(args.some((a) => a.endsWith("noise.c")));
});

it("has a variant for every architecture that needs nothing", () => {
  for (const architecture of ["x64", "arm64", "riscv64"])
    expect(variantsOf(architecture).at(-1)?.needs).toEqual([]);
});

it("removes what was prebuilt of other sources, which the engine of these would not fit", () => {
  const prebuilt = folder();
  mkdirSync(join(prebuilt, "linux-x64"));
  const report = (sources: string) =>
    writeFileSync(join(prebuilt, "linux-x64", "addon.json"), JSON.stringify({ sources }));
  mkdirSync(join(prebuilt, "linux-arm64")); // no report yet: it is being built
  report(addonSources().digest("hex"));
  removeStalePrebuilt(prebuilt);
  expect(readdirSync(prebuilt)).toEqual(["linux-arm64", "linux-x64"]);
  report("of before");
  removeStalePrebuilt(prebuilt);
  expect(readdirSync(prebuilt)).toEqual(["linux-arm64"]);
});
