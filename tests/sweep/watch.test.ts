import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveStatus } from "../../lib/show/serve-status.js";
import { activeTable, groupsTable, statusLine, sweepBody } from "../../lib/show/sweep-page.js";
import { tableText } from "../../lib/show/table.js";
import type { Group, PlannedRun } from "../../lib/sweep/plan.js";
import { statusFile, writeStatus } from "../../lib/sweep/results-folder.js";
import {
  type LiveProgress,
  type Point,
  type SweepStatus,
  statusOf,
  sweepStatus,
} from "../../lib/sweep/status.js";
import { folderStatus } from "../../lib/sweep/status-source.js";
import { madeUpRecord } from "../show/records.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-watch-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const done = { ...madeUpRecord("gru", { epochs: 20 }), id: "a", seconds: 100 };
const rates = { a: 1e-3, b: 2e-3, c: 3e-3, d: 1e-3 };
const planned = (id: keyof typeof rates, seed = 1): PlannedRun => ({
  id,
  configuration: { ...done.configuration, learningRate: rates[id], seed },
  checksum: "c",
  version: "1",
});
const group: Group = {
  data: "jsb",
  cell: "gru",
  candidates: (["a", "b", "c"] as const).map((id) => planned(id)),
  finalists: 1,
  rateSeeds: 1,
  seeds: [1, 2],
  run: (rate, seed) =>
    seed === 2 ? planned("d", 2) : planned(rate === rates.a ? "a" : rate === rates.b ? "b" : "c"),
};
const progress: LiveProgress = {
  share: 0.25,
  epoch: 6,
  seconds: 25,
  secondsLeft: 75,
  curve: [[5, 20, 9.5, 9.25]] satisfies Point[],
};
const status = statusOf(
  "running",
  [group],
  new Map([["a", done]]),
  [{ run: planned("b"), supervisor: "here 7", progress }],
  [{ run: "z", problem: "<out of luck>" }],
);

describe("a sweep's status", () => {
  it("counts runs, names the best, and estimates what is left from the time that runs take", () => {
    expect(status.runs).toEqual({ done: 1, total: 4, dead: 1 });
    expect(status.groups[0].best).toMatchObject({ run: "a", valid: done.results.valid.nllPerStep });
    expect(status.groups[0].best?.curve).toHaveLength(20);
    expect(status.secondsLeft).toBe(75 + 2 * 100); // b goes on, c and d wait; one at work
    expect(statusOf("running", [group], new Map(), [], []).secondsLeft).toBeNull();
  });

  it("reads in one line, and says when nothing is heard any more", () => {
    const now = Date.parse(status.written);
    expect(statusLine(status, now)).toBe(
      "1 of 4 runs, 1 at work, 1 given up, about 4 min 35 s left",
    );
    expect(statusLine(status, now + 11_000)).toContain(", nothing heard since ");
    expect(statusLine({ ...status, state: "done" }, now + 11_000)).toBe(
      "1 of 4 runs, done, 1 given up",
    );
  });

  it("shows runs at work and the best in tables", () => {
    expect(tableText(activeTable(status))).toMatch(
      /jsb +GRU +0\.0020 +1 +6\/20 +9\.500 +9\.250 +1 min 15 s +here 7/,
    );
    expect(tableText(groupsTable(status))).toMatch(/jsb +GRU +1\/4 +0\.0010 +8\.600 +8\.800/);
  });

  it("is read from the supervisor's file, and refused when there is none or another", async () => {
    await expect(folderStatus(folder)()).rejects.toThrow(
      `${folder}: expected a sweep's status.json, got none`,
    );
    writeStatus(folder, status);
    expect(await folderStatus(folder)()).toEqual(status);
    writeFileSync(statusFile(folder), '{"schema":"other"}');
    await expect(folderStatus(folder)()).rejects.toThrow('got no valid "schema"');
    const whole = JSON.stringify(status);
    for (const text of [
      "",
      whole.slice(0, 99),
      whole.slice(0, -1),
      "\0",
      "[]",
      "null",
      '{"__proto__":{}}',
    ])
      await expect(broken(text)()).rejects.toMatchObject({
        code: "record",
        message: expect.stringMatching(
          /^[^\n]*status\.json: expected a gated-rnn\/sweep-status\/1 file, got [^\n]+; a running sweep writes it anew every second$/,
        ),
      });
  });
});

function broken(text: string) {
  writeFileSync(statusFile(folder), text);
  return folderStatus(folder);
}

describe("the page", () => {
  it("runs nothing but its own script, whatever the sweep is called and whatever goes wrong", async () => {
    const evil = `<img src=x onerror="alert(1)">'</svg></script><script>alert(2)</script>`;
    const evilStatus: SweepStatus = {
      ...status,
      written: evil,
      active: status.active.map((run) => ({
        ...run,
        data: evil,
        cell: evil,
        run: evil,
        supervisor: evil,
      })),
      groups: [
        ...status.groups.map((group) => ({ ...group, data: evil, cell: evil })),
        ...["__proto__", "constructor", "toString"].map((name) => ({
          data: name,
          cell: name,
          done: 0,
          total: 1,
          best: null,
        })),
      ],
      dead: [{ run: evil, problem: evil }],
    };
    const body = sweepBody(sweepStatus.parse(JSON.parse(JSON.stringify(evilStatus))));
    const tags = new Set([...body.matchAll(/<\/?([a-z]+)/gi)].map(([, tag]) => tag));
    expect(tags.size).toBeGreaterThan(5);
    expect([...tags].filter((tag) => /img|script/i.test(tag))).toEqual([]);
    expect(body.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);

    const failing = () => Promise.reject(new Error(evil));
    const page = await serveStatus(failing, 0);
    try {
      const shell = await fetch(page.url);
      const policy = shell.headers.get("content-security-policy") ?? "";
      expect(shell.headers.get("x-content-type-options")).toBe("nosniff");
      const [script] = /(?<=<script>).*(?=<\/script>)/s.exec(await shell.text()) ?? [];
      const hash = createHash("sha256")
        .update(script ?? "")
        .digest("base64");
      expect(policy).toContain(`default-src 'none'; script-src 'sha256-${hash}';`);
      expect(policy).not.toContain("unsafe");
      const answer = await fetch(`${page.url}body`);
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(await shown(script ?? "", [answer.status, await answer.text()])).toEqual({
        html: "",
        text: evil,
      });
      expect(await shown(script ?? "", [200, "<p>good</p>"])).toEqual({
        html: "<p>good</p>",
        text: "",
      });
    } finally {
      await page.close();
    }
  });

  it("answers who reads from this machine, and nobody else", async () => {
    const page = await serveStatus(async () => status, 0);
    try {
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
        expect((await fetch(`${page.url}body`, { method })).status).toBe(405);
      const head = await fetch(page.url, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
      for (const path of ["../etc/passwd", "%2e%2e%2fetc/passwd", "body/../../x", "status.json%00"])
        expect((await fetch(page.url + path)).status).toBe(404);
      for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil"])
        expect(await statusWithHost(page.url, host)).toBe(403);
    } finally {
      await page.close();
    }
  });

  it("draws what it can of numbers that no chart has room for", () => {
    const huge = [1e308, -1e308, 1e-308, 5e-324, 0].flatMap((nll, i): Point[] => [
      [i, 1, 1, nll],
      [1e15, 1, 1, nll],
    ]);
    const [group] = status.groups;
    const wild = {
      ...status,
      groups: [{ ...group, best: group.best && { ...group.best, curve: huge } }],
    };
    expect(sweepBody(wild).match(/<polyline/g)).toHaveLength(2);
    expect(sweepBody(wild)).not.toMatch(/NaN|Infinity/);
  });

  it("comes with its curves from this machine to this machine, and quotes what others wrote", async () => {
    const page = await serveStatus(async () => status, 0);
    try {
      expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      const shell = await (await fetch(page.url)).text();
      expect(shell).not.toMatch(/(src|href)=/);
      const body = await (await fetch(`${page.url}body`)).text();
      expect(body).toContain("1 of 4 runs, 1 at work");
      expect(body.match(/<polyline/g)).toHaveLength(2); // the best and the one at work
      expect(body).toContain("&lt;out of luck&gt;");
      expect(await (await fetch(`${page.url}status.json`)).json()).toEqual(status);
      expect((await fetch(`${page.url}elsewhere`)).status).toBe(404);
      expect(await statusWithHost(page.url, "evil.example")).toBe(403);
      await expect(serveStatus(async () => status, Number(new URL(page.url).port))).rejects.toThrow(
        "to be free, got EADDRINUSE",
      );
    } finally {
      await page.close();
    }
  });

  it("says what is wrong when the status cannot be had", async () => {
    const page = await serveStatus(folderStatus(join(folder, "none")), 0);
    const answer = await fetch(`${page.url}body`);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining("expected a sweep's status.json, got none"),
    ]);
    await page.close();
  });
});

/** Runs the page's script once in a page that keeps apart what is put in as HTML and as text. */
async function shown(script: string, [status, text]: [number, string]) {
  const put = { html: "", text: "" };
  const line = {
    set textContent(value: string) {
      put.text = value;
    },
  };
  const main = {
    querySelector: () => line,
    set innerHTML(value: string) {
      put.html = value;
    },
  };
  const fetch = async () => ({ ok: status === 200, status, text: async () => text });
  runInNewContext(script, { document: { querySelector: () => main }, fetch, setTimeout: () => {} });
  await new Promise((resolve) => setTimeout(resolve, 10));
  return put;
}

/** What a browser is told that was led here by another name. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}body`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
