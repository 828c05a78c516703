import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readRecord } from "../../lib/train/record-file.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-cli-"));

const env = {
  ...process.env,
  GATED_RNN_DATA: join(folder, "data"),
  GATED_RNN_MIRROR: join(folder, "no-mirror"),
  GATED_RNN_OFFLINE: "1",
};
const command = join(root, "node_modules", ".bin", "gated-rnn");

/** The built command, as a user runs it, with neither data nor mirror nor network. */
function gatedRnn(...args: string[]) {
  const run = spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
  return {
    code: run.status,
    out: run.stdout,
    err: run.stderr,
    json: () => JSON.parse(run.stdout.trim().split("\n").at(-1) as string),
  };
}

/** tests/software-gpu.ts has put a software GPU there. */
const { GATED_RNN_TEST_GPU: webGpuBackend = "software" } = process.env;

describe("gated-rnn", () => {
  it("cells counts the parameters of the paper's table 1", () => {
    const { code, json } = gatedRnn("cells", "--json");
    expect(code).toBe(0);
    const paper = json().cells.slice(0, 3);
    const counts = paper.flatMap((c: { cell: string; sizes: { count: number }[] }) =>
      c.sizes.map((s) => [c.cell, s.count]),
    );
    expect(counts).toEqual([
      ["tanh", 20_100],
      ["tanh", 168_400],
      ["gru", 20_286],
      ["gru", 168_888],
      ["lstm", 19_836],
      ["lstm", 169_065],
    ]);
    expect(gatedRnn("cells").out).toContain("46 hidden units on 100 inputs: 20,286 parameters");
  });

  it("trains layers on top of one another, and knows their weights again", () => {
    const small = ["--data", "synthetic", "--hidden", "3", "--epochs", "1", "--batch-size", "64"];
    const { json } = gatedRnn(
      ...["train", "--cell", "gru", "--layers", "2"],
      ...[...small, "--out", "deep", "--json"],
    );
    expect(json()).toMatchObject({ cell: "stack(gru,gru)", hidden: 3 });
    const file = readdirSync(join(folder, "deep")).find((name) => name.endsWith(".safetensors"));
    expect(file).toMatch(/^synthetic-stack-gru-gru-[0-9a-f]{16}/);
    const { out } = gatedRnn("weights", join("deep", file as string));
    expect(out).toMatch(/^stack\(gru,gru\), 3 hidden units/);
    expect(out).toContain("W_z.2  [3, 3]");
    const weights = join("deep", file as string);
    expect(gatedRnn("weights", weights, "--format", "onnx", "--out", "deep.onnx").out).toContain(
      "readout [time, batch, 88]: bernoulli",
    );
    expect(readFileSync(join(folder, "deep.onnx")).length).toBeGreaterThan(4 * 88 * 3);
    gatedRnn("weights", weights, "--format", "keras", "--out", "keras.safetensors");
    const back = ["--cell", "stack(gru,gru)", "--format", "keras", "--out", "back.safetensors"];
    const imported = gatedRnn("weights", "--from", "keras.safetensors", ...back);
    const matrices = (text: string) =>
      text.split("\n").filter((line) => line.includes("root mean"));
    expect(matrices(imported.out)).toEqual(matrices(out));
    expect(gatedRnn("weights", weights, "--format", "pytorch")).toMatchObject({
      code: 2,
      err: expect.stringContaining("torch.nn.GRU applies the reset gate after"),
    });
  });

  it("train prints one JSON object and writes its record", () => {
    const args = [
      "train",
      "--data",
      "synthetic",
      "--cell",
      "gru",
      "--hidden",
      "5",
      "--epochs",
      "1",
      "--batch-size",
      "64",
      "--seed",
      "3",
      "--out",
      "out",
      "--json",
    ];
    const { code, out, json } = gatedRnn(...args);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(1);
    const result = json();
    expect(result).toMatchObject({
      cell: "gru",
      hidden: 5,
      parameters: 3 * (88 * 5 + 25 + 5),
      seed: 3,
      epochs: 1,
      bestEpoch: 1,
    });
    for (const split of ["train", "valid", "test"])
      for (const measure of ["nllPerStep", "nllPerSequence"])
        expect(result[split][measure]).toBeGreaterThan(0);
    const [file] = readdirSync(join(folder, "out"));
    expect(readRecord(join(folder, "out", file)).results.test).toEqual(result.test);
    expect(readRecord(join(folder, "out", file)).data.synthetic).toBe(true);
    const again = gatedRnn("verify", "out", "--count", "1");
    expect(again.code).toBe(0);
    expect(again.out).toMatch(
      /^1 of 1 runs, by seed 1\nok [0-9a-f]{16} synthetic gru, seed 3: test NLL .*: the same bits/,
    );
    const place = join("out", file);
    expect(gatedRnn("verify", place, "--max-seconds", "1e-9")).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        `${place}: expected finished runs that fit, got none of 1; left out: 1 longer than 1e-9 s`,
      ),
    });
    const record = readRecord(join(folder, "out", file));
    const { test, ...others } = record.results;
    const wrong = {
      ...record,
      results: { ...others, test: { ...test, nllPerStep: test.nllPerStep + 0.001 } },
    };
    writeFileSync(join(folder, "out", file), JSON.stringify(wrong));
    expect(gatedRnn("verify", "out", "--count", "1")).toMatchObject({
      code: 1,
      out: expect.stringContaining("WRONG"),
    });
    writeFileSync(
      join(folder, "out", file),
      JSON.stringify({ ...wrong, engine: { ...wrong.engine, build: "another" } }),
    );
    expect(gatedRnn("verify", "out", "--count", "1").out).toContain(
      "within 0.02; another, now native",
    );
    const weights = join(folder, "out", file.replace("json", "safetensors"));
    const generated = gatedRnn("generate", weights, "--steps", "7", "--seed", "2", "--to", "piece");
    expect(generated.code).toBe(0);
    expect(generated.out).toMatch(
      /gru, 5 hidden units, trained on synthetic .*seed 2, temperature 1, after 16 steps of synthetic test \d+:/,
    );
    expect(gatedRnn("inspect", "piece.mid").out).toContain(
      "MIDI file of format 0, 1 tracks, 240 ticks a quarter note",
    );
    expect(gatedRnn("inspect", "piece.wav").out).toContain("22,050 Hz, 95,256 frames"); // 7 quarter notes at 100 a minute, and 0.12 s
    expect(gatedRnn("generate", weights, "--temperature", "cold")).toMatchObject({ code: 2 });
    expect(gatedRnn("generate", "none.safetensors")).toMatchObject({ code: 2, out: "" });
  });

  it("baselines prints both of them, the Markov one lower, and not below the generator's entropy", () => {
    const { code, json } = gatedRnn("baselines", "--data", "synthetic", "--json");
    expect(code).toBe(0);
    const [bernoulli, markov] = json().baselines;
    expect([bernoulli.name, markov.name]).toEqual(["bernoulli", "markov"]);
    expect(markov.test.nllPerStep).toBeLessThan(bernoulli.test.nllPerStep);
    expect(json().synthetic).toBe(true);
  });

  it("doctor names the engines and what to do about data that is missing", () => {
    const { code, out, err } = gatedRnn("doctor");
    expect(code).toBe(0);
    expect(out).toContain("reference wasm tfjs 4.22.0");
    expect(out).toMatch(/native wasm .*simd \w+, with (relaxed|plain) SIMD/);
    expect(out).toContain("gated-rnn data prepare jsb");
    expect(out).toMatch(
      /backend tensorflow +reference (tensorflow tfjs .+|engine: expected tfjs-node .+, got none; npm run setup:tensorflow .+)\n/,
    );
    expect(err).toBe("");
  });

  it.runIf(process.platform === "linux" && process.arch === "x64" && webGpuBackend === "software")(
    "doctor names a software GPU as software, and no driver as none; neither is a GPU, nor the default",
    () => {
      const finding = (run: ReturnType<typeof gatedRnn>) =>
        run.json().findings.find(({ topic }: { topic: string }) => topic === "engine webgpu");
      const software = finding(gatedRnn("doctor", "--json"));
      expect(software).toMatchObject({ ok: false });
      expect(software.finding).toMatch(
        /expected a GPU, got .*(swiftshader|llvmpipe).*, which is software/i,
      );
      const nothing = { ...env, VK_DRIVER_FILES: folder, VK_ICD_FILENAMES: folder };
      const run = spawnSync(command, ["doctor"], { cwd: folder, env: nothing, encoding: "utf8" });
      expect(run.stdout).toMatch(
        /✗ engine webgpu +webgpu engine: expected an adapter, got none; install your GPU's Vulkan driver/,
      );
      expect(run.stderr).toBe("");
      expect(run.stdout).toMatch(/engine native.*\(the default\)/);
    },
  );

  it("start goes on with synthetic chorales, says so in one line, and draws their curves", () => {
    const { code, out } = gatedRnn(
      "start",
      "--epochs",
      "1",
      "--learning-rates",
      "1",
      "--out",
      "start",
    );
    expect(code).toBe(0);
    expect(out.split("\n").filter((line) => line.startsWith("No JSB Chorales here"))).toHaveLength(
      1,
    );
    expect(out).toMatch(/lowest possible/);
    expect(readdirSync(join(folder, "start")).filter((f) => f.endsWith(".json"))).toHaveLength(3);
    for (const file of ["index.html", "learning-curves-epoch.svg", "learning-curves-seconds.svg"])
      expect(readFileSync(join(folder, "start", file), "utf8")).toContain("ynthetic");
  });
});

describe("Ctrl-C", () => {
  it.each([
    [
      "train",
      [
        "train",
        "--data",
        "synthetic",
        "--epochs",
        "100000",
        "--patience",
        "100000",
        "--out",
        "stopped-train",
      ],
    ],
    [
      "start",
      [
        "start",
        "--epochs",
        "100000",
        "--learning-rates",
        "1",
        "--slots",
        "2",
        "--out",
        "stopped-start",
      ],
    ],
  ])("ends %s with exit code 130 and valid records of what it has", async (name, args) => {
    const child = spawn(command, args, {
      cwd: folder,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        text += data;
      });
    // however busy the machine is: a run is well into its first epochs; the first of three has ended, two at a time
    const enough = () => (name === "train" ? /epoch [2-9]/ : /^1\/3 /m).test(text);
    for (const end = Date.now() + 60_000; Date.now() < end && !enough(); )
      await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(-(child.pid as number), "SIGINT"); // as a terminal does: to the whole process group
    const [code] = await once(child, "exit");
    expect(code, text).toBe(130);
    const records = readdirSync(join(folder, `stopped-${name}`)).filter((f) => f.endsWith(".json"));
    const read = records.map((file) => readRecord(join(folder, `stopped-${name}`, file)));
    const stopped = read.filter(({ status }) => status === "stopped");
    const ended = read.filter(({ status }) => status === "finished");
    expect(read).toHaveLength(stopped.length + ended.length);
    if (name === "train") expect(read).toHaveLength(1);
    else expect(ended.length).toBeGreaterThan(0); // and what has begun of the others is stopped
    expect(stopped.length).toBeGreaterThan(0);
    for (const record of stopped) {
      if (name === "train") expect(record.curve.length).toBeGreaterThan(0);
      expect(record.results.test.nllPerStep).toBeGreaterThan(0);
    }
  });
});

describe("a mistake ends in one line and exit code 2:", () => {
  it.each([
    [["train", "--cell", "gruu"], "or a stack such as stack(gru,gru), got gruu"],
    [["train", "--epochs", "none"], "expected a whole number from 1 to 2147483647, got none"],
    [["train", "--learning-rate", "-1"], "expected a number above 0, got -1"],
    [["train", "--data", "bach"], "bach"],
    [["train", "--engine", "abacus"], "abacus"],
    [["train", "--engine", "reference", "--backend", "abacus"], "got abacus"],
    [["sweep"], "sweep: expected --data or --preset, got neither"],
    [
      ["sweep", "--data", "synthetic", "--db", "here"],
      "db: expected an address such as postgres://user@host/database, got another kind of text, not shown here",
    ],
    [["records", "none"], "none: expected a folder of records, got ENOENT"],
    [["watch", "--out", "none"], "none: expected a sweep's status.json, got none"],
    [["weights", "none"], "none: expected a file of weights, got ENOENT"],
    [["weights"], "weights: expected a file, or --from with one, got none"],
    [["weights", "--from", "none"], "--from: expected --cell, what its layers are, got none"],
    [["train", "--nonsense"], "unknown option '--nonsense'"],
    [["traim"], "unknown command 'traim'"],
    [["train", "--data", "jsb"], "jsb"],
  ])("%o", (args, message) => {
    const { code, err, out } = gatedRnn(...args);
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(2); // commander may add a suggestion
    expect(out).toBe("");
    expect(code).toBe(2);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  it("records finds them in folders below, and tells apart what else differs", () => {
    const committed = join(root, "notebooks", "results");
    const best = ["--best", "--protocol", "authors"];
    const { out, err } = gatedRnn("records", committed, ...best);
    expect(err).toBe("");
    for (const data of ["jsb", "nottingham", "piano-midi"])
      for (const unit of ["tanh", "GRU", "LSTM"])
        expect(out).toMatch(new RegExp(`^[0-9a-f]{16} +${data} +${unit} +authors `, "m"));
    const joint = gatedRnn("records", committed, "--data", "jsb", "--cells", "gru", "--best");
    expect(joint.out).toMatch(/ output /);
    expect(joint.out).toMatch(/ nade\(64\) /);
    mkdirSync(join(folder, "empty"));
    const none = gatedRnn("records", "empty");
    expect(none.out).toMatch(/^0 runs/);
    expect(none.err).toContain("empty: no records, neither in it nor in folders below");
  });

  it("--help explains and ends with 0", () => {
    for (const command of [
      "start",
      "train",
      "sweep",
      "watch",
      "records",
      "weights",
      "cells",
      "baselines",
      "data",
      "inspect",
      "doctor",
    ]) {
      const { code, out } = gatedRnn(command, "--help");
      expect(code).toBe(0);
      expect(out).toContain(`Usage: gated-rnn ${command}`);
    }
  });
});
