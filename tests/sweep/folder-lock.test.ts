import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lockFile } from "../../lib/sweep/folder-lock.js";
import { thisProcess } from "../../lib/sweep/process-identity.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-lock-"));
  file = join(folder, "database.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;
const heldBy = (host: string, pid: number) =>
  writeFileSync(file, JSON.stringify({ host, pid, since: "2026-01-01T00:00:00Z", token: "1" }));

it("a second opener is told who the first is, and gets the lock when it is released", async () => {
  const release = await lockFile(file, "the folder");
  await expect(lockFile(file, "the folder")).rejects.toThrow(
    new RegExp(
      `^the folder: expected to be its only user, got process ${process.pid} since .*; wait for it or stop it$`,
    ),
  );
  release();
  expect(readdirSync(folder)).toEqual([]);
  (await lockFile(file, "the folder"))();
});

it("a holder of this machine that is dead is replaced", async () => {
  heldBy(hostname(), deadPid());
  const release = await lockFile(file, "the folder");
  await expect(lockFile(file, "the folder")).rejects.toMatchObject({ code: "locked" });
  release();
  expect(existsSync(file)).toBe(false);
});

it("of two that replace a dead holder at the same moment one gets the lock", async () => {
  heldBy(hostname(), deadPid());
  const outcomes = await Promise.allSettled([lockFile(file, "x"), lockFile(file, "x")]);
  expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
});

describe("a holder that cannot be asked, of another machine or another start of this one,", () => {
  const others = [
    { host: "elsewhere", pid: 1 },
    { ...thisProcess(), boot: "another" },
    { ...thisProcess(), space: "pid:[1]" },
  ];

  it.each(others)("is dead when it gives no sign of life: %o", async (other) => {
    writeFileSync(file, JSON.stringify({ ...other, since: "2026-01-01T00:00:00Z" }));
    const notices: string[] = [];
    const release = await lockFile(file, "x", { silence: 100, onWait: (n) => notices.push(n) });
    expect(notices).toEqual([
      `${file}: held by process ${other.pid} on ${other.host} since 2026-01-01T00:00:00Z; listening for 0 s whether it lives`,
    ]);
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps its lock as long as it gives one, and the message names it", async () => {
    heldBy("elsewhere", 1);
    const onWait = () => utimesSync(file, 1, 1); // a clock there that is wrong does not matter
    await expect(lockFile(file, "the folder", { silence: 100, onWait })).rejects.toThrow(
      "the folder: expected to be its only user, got process 1 on elsewhere since 2026-01-01T00:00:00Z; wait for it or stop it",
    );
  });
});

it("a holder with our number from before a restart is dead", async () => {
  writeFileSync(file, JSON.stringify({ ...thisProcess(), began: "1", since: "", token: "1" }));
  (await lockFile(file, "x"))();
  expect(readdirSync(folder)).toEqual([]);
});

it("gives signs of life, and learns when the lock has become another's", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let isLost = false;
  const onLost = () => {
    isLost = true;
  };
  const release = await lockFile(file, "x", { onLost });
  utimesSync(file, 1, 1);
  vi.advanceTimersByTime(2000);
  expect(statSync(file).mtimeMs).toBeGreaterThan(1000);
  heldBy("elsewhere", 7);
  vi.advanceTimersByTime(2000);
  vi.useRealTimers();
  expect(isLost).toBe(true);
  release();
});

it("a lock that is not ours any more is left alone on release", async () => {
  const release = await lockFile(file, "x");
  heldBy("elsewhere", 7);
  release();
  expect(existsSync(file)).toBe(true);
});
