import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-verify-"));

function gatedRnn(...args: string[]) {
  const run = spawnSync(join(root, "node_modules", ".bin", "gated-rnn"), args, {
    cwd: folder,
    env: { ...process.env, GATED_RNN_DATA: join(folder, "data"), GATED_RNN_OFFLINE: "1" },
    encoding: "utf8",
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const few = ["--hidden", "3", "--epochs", "2"];
const train = (out: string, ...args: string[]) =>
  expect(gatedRnn("train", ...few, "--out", out, ...args)).toMatchObject({ code: 0 });

/** Every record of a folder, changed and written over. */
function change(out: string, changed: (record: never) => unknown): void {
  for (const name of readdirSync(join(folder, out)).filter((each) => each.endsWith(".json"))) {
    const file = join(folder, out, name);
    const { checksum: _, ...record } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(changed(record as never)));
  }
}

beforeAll(() => {
  mkdirSync(join(folder, "sensors"));
  for (const length of [20, 30, 40, 50]) {
    const rows = Array.from({ length }, (_, k) => `${Math.sin(k / 3)},${k % 4}`);
    writeFileSync(join(folder, "sensors", `${length}.csv`), ["x,y", ...rows].join("\n"));
  }
});

it("trains again what any data, cell, output and update of the library gave", () => {
  train("named", "--data", "recall-3", "--cell", "mgu");
  train("named", "--data", "adding-4", "--cell", "stack(gru,tanh)", "--update", "adam");
  train("named", "--data", "synthetic", "--output", "nade(2)", "--transpose", "1");
  train("named", "--data", "synthetic", "--protocol", "authors", "--cell", "tanh");
  const { code, out } = gatedRnn("verify", "named", "--count", "9");
  expect(out).toMatch(/^4 of 4 runs, by seed 1\n(ok [^\n]*: the same bits[^\n]*\n){4}$/);
  expect(code).toBe(0);
});

it("leaves out runs on own data and says how many, until it is told where they are", () => {
  train("own", "--data", "sensors", "--target", "x");
  train("own", "--data", "recall-3");
  expect(gatedRnn("verify", "own", "--count", "9").out).toMatch(
    /^1 of 1 runs, by seed 1; left out: 1 on data of one's own, which --own brings\nok .* recall-3 /,
  );
  expect(gatedRnn("verify", "own", "--data", "sensors")).toMatchObject({
    code: 2,
    err: expect.stringContaining("got none of 2; left out: 1 of other data or cells, 1 on data of"),
  });
  const both = gatedRnn("verify", "own", "--count", "9", "--own", "sensors", "--target", "x");
  expect(both.out.match(/: the same bits/g)).toHaveLength(2);
  expect(gatedRnn("verify", "own", "--own", "sensors", "--data", "sensors")).toMatchObject({
    code: 2,
    err: expect.stringContaining("expected sensors with checksum"), // read otherwise: all columns
  });
});

it("leaves out runs of a cell or an update that only a script knows", () => {
  for (const [out, key] of [
    ["cells", "cell"],
    ["updates", "update"],
  ]) {
    train(out, "--data", "recall-3");
    change(out, ({ configuration, ...record }: { configuration: object }) => ({
      ...record,
      configuration: { ...configuration, [key]: "mine" },
    }));
    expect(gatedRnn("verify", out)).toMatchObject({
      code: 2,
      err: expect.stringContaining("left out: 1 of cells or updates of one's own"),
    });
  }
});

/** Makes the records of a folder those of another build, with other test NLLs. */
const elsewhere = (out: string, by: number) =>
  change(
    out,
    ({
      results,
      engine,
      ...record
    }: {
      results: { test: { nllPerStep: number } };
      engine: object;
    }) => {
      const test = { ...results.test, nllPerStep: results.test.nllPerStep + by };
      return { ...record, engine: { ...engine, build: "another" }, results: { ...results, test } };
    },
  );

it("asks of another build about the same NLL", () => {
  train("near", "--data", "recall-3");
  elsewhere("near", 0.01);
  const { code, out } = gatedRnn("verify", "near");
  expect([code, out]).toEqual([0, expect.stringContaining("within 0.02; another, now")]);
  elsewhere("near", 0.02);
  expect(gatedRnn("verify", "near")).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /WRONG .*: expected at most 0.02 apart, though a learning rate a millionth other moves it by 0.0/,
    ),
  });
});

it("asks no more of another build than a run asks of itself, where roundings grow", () => {
  const much = ["--learning-rate", "1", "--batch-size", "50", "--hidden", "20"];
  train("wild", "--data", "adding-4", ...much);
  elsewhere("wild", 0.03);
  const { code, out } = gatedRnn("verify", "wild");
  expect(out).toMatch(/\nok .* a learning rate a millionth other moves it by \d/);
  expect(code).toBe(0);
});
