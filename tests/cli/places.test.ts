import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/bernoulli.js";
import { writeWeights } from "../../lib/train/weights.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const command = join(root, "node_modules", ".bin", "gated-rnn");
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-places-"));
const env = { ...process.env, GATED_RNN_OFFLINE: "1" };

const small = model(gru, 88, 3, bernoulli(88));
const about = { model: small, data: "synthetic", run: "0123456789abcdef" };
const { parameters } = initialState(small, 1);
beforeAll(() => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
  writeWeights(join(folder, "good.safetensors"), { ...about, parameters });
});

describe.skipIf(process.platform !== "linux")("a place that cannot be written", () => {
  const synthetic = ["--data", "synthetic", "--epochs", "1"];
  it.each<[string, string[], string]>([
    ["train", ["train", ...synthetic, "--out", "/proc/x"], "/proc, which takes no folders"],
    ["train", ["train", ...synthetic, "--out", "dangling"], "a symbolic link that leads nowhere"],
    [
      "sweep",
      ["sweep", ...synthetic, "--cells", "gru", "--learning-rates", "1", "--out", "file"],
      "file, which is no folder",
    ],
    ["start", ["start", "--epochs", "1", "--out", "/dev/null/x"], "/dev/null, which is no folder"],
    [
      "generate",
      ["generate", "good.safetensors", "--to", "file/a.mid"],
      "file, which is no folder",
    ],
    ["records", ["records", ".", "--format", "csv", "--to", "dangling"], "leads nowhere"],
    [
      "weights",
      ["weights", "good.safetensors", "--format", "pytorch", "--to", "/proc/x"],
      "ENOENT",
    ],
  ])("is told by %s in one line, before any work", (_, args, problem) => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(status, stderr).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^gated-rnn: [^\n]*expected [^\n]*, got [^\n]*; choose another place\n$/,
    );
    expect(stderr).toContain(problem);
    expect(readdirSync(folder).sort()).toEqual(["dangling", "file", "good.safetensors"]);
  });
});

it("a model beyond the machine's memory is refused with the numbers", () => {
  const args = [
    "train",
    "--data",
    "synthetic",
    "--hidden",
    "100000",
    "--out",
    join(folder, "huge"),
  ];
  const { status, stderr } = spawnSync(command, args, { env, encoding: "utf8", timeout: 60_000 });
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^gated-rnn: model: expected one that fits in this machine's [\d.]+ GiB, got gru of 100,000 hidden units, 30,035,500,088 parameters, which takes about 1790 GiB; choose fewer hidden units\n$/,
  );
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s ends a training whose matrices are still being made, with exit code %i",
  async (signal, expected) => {
    const out = join(folder, signal);
    const child = spawn(
      command,
      ["train", "--data", "synthetic", "--hidden", "4000", "--out", out],
      { env, stdio: ["ignore", "pipe", "pipe"] },
    );
    let text = "";
    child.stderr.on("data", (data) => {
      text += data;
    });
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // the matrices take minutes
    child.kill(signal);
    const [code] = await once(child, "exit");
    expect(code, text).toBe(expected);
    expect(text.trim().split("\n")).toHaveLength(1);
  },
);
