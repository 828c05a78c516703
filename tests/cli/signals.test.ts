import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const node = join(root, "node_modules", ".bin", "node");

/** Runs the command, which sends itself a signal while it loads. */
function signalled(signal: string, ...args: string[]) {
  const hook = join(mkdtempSync(join(tmpdir(), "gated-rnn-signal-")), "hook.cjs");
  const code = `const Module = require("node:module");
const load = Module._load;
Module._load = function (name, ...rest) {
  if (name === "commander") process.kill(process.pid, "${signal}");
  return load.call(this, name, ...rest);
};`;
  writeFileSync(hook, code);
  const command = join(root, "lib", "bin", "gated-rnn.cjs");
  return spawnSync(node, ["--require", hook, command, ...args], { encoding: "utf8" });
}

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("a %s while the command loads ends it with one plain line and the code %i", (signal, code) => {
  const { status, stderr, stdout } = signalled(signal, "doctor");
  expect([status, stderr, stdout]).toEqual([code, `gated-rnn: stopped by ${signal}\n`, ""]);
});
