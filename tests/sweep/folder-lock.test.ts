import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isAlive, lockFile } from "../../lib/sweep/folder-lock.js";

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
      `^the folder: expected to be its only user, got process ${process.pid} since .*; stop it, or remove ${file} if that is no sweep any more$`,
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

it("a holder on another machine is believed, and the message says how to be rid of it", async () => {
  heldBy("elsewhere", 1);
  await expect(lockFile(file, "the folder")).rejects.toThrow(
    `got process 1 on elsewhere since 2026-01-01T00:00:00Z; stop it, or remove ${file} if that is no sweep any more`,
  );
});

it("a lock that is not ours any more is left alone on release", async () => {
  const release = await lockFile(file, "x");
  heldBy("elsewhere", 7);
  release();
  expect(existsSync(file)).toBe(true);
});

it("tells the living from the dead", () => {
  expect(isAlive({ host: hostname(), pid: process.pid })).toBe(true);
  expect(isAlive({ host: hostname(), pid: deadPid() })).toBe(false);
  expect(isAlive({ host: "elsewhere", pid: deadPid() })).toBe(true);
});
