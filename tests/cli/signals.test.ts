import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const node = join(root, "node_modules", "node", "bin", "node");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-signal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command, which sends itself a signal at the moment when it begins to load a module. */
function signalled(signal: string, module: string, ...args: string[]) {
  const hook = join(folder, "hook.cjs");
  writeFileSync(
    hook,
    `const Module = require("node:module");
const load = Module._load;
Module._load = function (name, ...rest) {
  if (name === ${JSON.stringify(module)}) {
    Module._load = load;
    process.kill(process.pid, "${signal}");
  }
  return load.call(this, name, ...rest);
};`,
  );
  const command = join(root, "lib", "bin", "gated-rnn.cjs");
  return spawnSync(node, ["--require", hook, command, ...args], { cwd: folder, encoding: "utf8" });
}

const training = ["train", "--data", "synthetic", "--cell", "tanh"];

it.each([
  ["SIGINT", ["doctor"]],
  ["SIGTERM", ["doctor"]],
  ["SIGINT", ["records"]],
  ["SIGINT", training],
])("a %s while the command loads ends %j at once, as it ends any program", (signal, args) => {
  const { signal: by, stdout, stderr } = signalled(signal, "commander", ...args);
  expect([by, stdout, stderr]).toEqual([signal, "", ""]);
});

it("a SIGINT while a run's last parts load is not lost: the run ends after a step", () => {
  const { status, stderr } = signalled("SIGINT", "./native.js", ...training);
  expect(stderr).toContain("stopping after this step");
  expect(status).toBe(130);
});
