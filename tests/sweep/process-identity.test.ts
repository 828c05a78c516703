import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { lifeOf, processIdentity, thisProcess } from "../../lib/sweep/process-identity.js";

const me = thisProcess();
const host = hostname();
const endedPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

it("tells the living from the dead on this machine", () => {
  expect(lifeOf(me)).toBe("alive");
  expect(lifeOf({ ...me, pid: endedPid() })).toBe("dead");
  expect(lifeOf({ host, pid: endedPid() })).toBe("dead");
  expect(lifeOf({ host, pid: process.ppid })).toBe("alive"); // what an older version wrote: its number is all that is known
});

it("is not taken in by a number that came again", () => {
  expect(lifeOf({ ...me, began: "1" })).toBe("dead"); // this process has the number now
  expect(lifeOf({ host, pid: process.pid })).toBe("dead"); // written by an older version, so not by this process
});

it.runIf(existsSync("/proc/self/stat"))("nor by another process that has it now", () => {
  expect(lifeOf({ ...me, pid: process.ppid, began: "1" })).toBe("dead");
});

it("cannot know of other machines, other starts of this one and other containers", () => {
  expect(lifeOf({ host: "elsewhere", pid: process.pid })).toBe("unknown");
  expect(lifeOf({ ...me, boot: "another" })).toBe("unknown");
  expect(lifeOf({ ...me, space: "pid:[1]" })).toBe("unknown");
});

it.runIf(existsSync("/proc/self/stat"))(
  "counts a process that has ended and waits for its parent among the dead",
  async () => {
    const script = `const { spawn } = require("node:child_process");
    const { readFileSync } = require("node:fs");
    const child = spawn("true");
    const stat = () => readFileSync("/proc/" + child.pid + "/stat", "utf8").split(") ")[1].split(" ");
    while (stat()[0] !== "Z"); // this loop keeps node from asking for its end
    console.log(child.pid, stat()[19]);
    for (;;);`;
    const parent = spawn(process.execPath, ["-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    const [pid, began] = String(line).trim().split(" ");
    expect(lifeOf({ ...me, pid: Number(pid), began })).toBe("dead");
    parent.kill("SIGKILL");
    await once(parent, "exit");
  },
);

it("goes through JSON unchanged", () => {
  expect(processIdentity.parse(JSON.parse(JSON.stringify(me)))).toEqual(me);
});
