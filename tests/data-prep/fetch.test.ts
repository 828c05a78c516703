import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FetchOptions, fetchSource } from "../../data-prep/fetch.js";
import type { GatedRnnError } from "../../lib/errors.js";
import { content, type LocalServer, newFolder, serve, sourceAt, wholeFile } from "./server.js";

const servers: LocalServer[] = [];
const start = async (listener: RequestListener) => {
  const server = await serve(listener);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const quick: FetchOptions = {
  mirror: "",
  offline: false,
  retryMs: 1,
  connectMs: 2000,
  stallMs: 2000,
};
const fetchFrom = (address: string, folder: string, options: FetchOptions = {}) =>
  fetchSource(sourceAt(address), folder, { ...quick, ...options });
const failure = (promise: Promise<unknown>): Promise<GatedRnnError> =>
  promise.then(
    () => expect.fail("expected an error"),
    (error) => error,
  );
const named = (folder: string) => existsSync(join(folder, "music", "set.mat"));

/** Sends the first bytes of the file and hangs up. */
const dying =
  (bytes: number): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

describe("fetchSource", () => {
  it("brings a file, tells the bytes received, and asks no server for what is there", async () => {
    const server = await start(wholeFile);
    const folder = newFolder();
    const received: number[] = [];
    const file = await fetchFrom(server.address, folder, {
      onProgress: (p) => received.push(p.receivedBytes),
    });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(received.at(-1)).toBe(content.length);
    await fetchFrom(server.address, folder);
    expect(server.ranges).toHaveLength(1);
  });

  it("brings a file once, however many ask for it at the same time", async () => {
    const server = await start(wholeFile);
    const folder = newFolder();
    const files = await Promise.all(
      Array.from({ length: 3 }, () => fetchFrom(server.address, folder)),
    );
    for (const file of files) expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.ranges).toHaveLength(1);
    const copied = newFolder();
    const mirror = { mirror: folder, offline: true };
    await Promise.all(Array.from({ length: 3 }, () => fetchFrom(server.address, copied, mirror)));
    expect(readdirSync(join(copied, "music"))).toEqual(["set.mat"]);
  });

  it("comes next to another process that brings the same file, and goes on where one was killed", async () => {
    const slow = await start((_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 70_000));
      setTimeout(() => response.end(content.subarray(70_000)), 300);
    });
    const folder = newFolder();
    mkdirSync(join(folder, "music"));
    const theirs = join(folder, "music", `set.mat.${process.ppid}.part`); // one that is running
    writeFileSync(theirs, content.subarray(0, 70_000));
    const file = await fetchFrom(slow.address, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(slow.ranges).toEqual([undefined]);
    expect(readFileSync(theirs)).toHaveLength(70_000);

    const other = newFolder();
    mkdirSync(join(other, "music"));
    const { pid = 0 } = spawnSync(process.execPath, ["-e", ""]); // one that is not
    writeFileSync(join(other, "music", `set.mat.${pid}.part`), content.subarray(0, 70_000));
    const server = await start(wholeFile);
    expect(readFileSync(await fetchFrom(server.address, other)).equals(content)).toBe(true);
    expect(server.ranges).toEqual(["bytes=70000-"]);
    expect(readdirSync(join(other, "music"))).toEqual(["set.mat"]);
  });

  it("refuses a flipped byte after three whole transfers and leaves nothing behind", async () => {
    const flipped = Buffer.from(content);
    flipped[123_456] ^= 1;
    const server = await start((_request, response) => response.end(flipped));
    const folder = newFolder();
    const error = await failure(fetchFrom(server.address, folder));
    expect(error).toMatchObject({ code: "download" });
    expect(error.message).toMatch(
      /^music\/set\.mat: 127\.0\.0\.1:\d+: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}$/,
    );
    expect(server.ranges).toEqual([undefined, undefined, undefined]);
    expect(readdirSync(join(folder, "music"))).toEqual([]);
  });

  it("refuses a file that is too short, and one that is too long before it is all there", async () => {
    const short = await start((_request, response) => response.end(content.subarray(0, 1000)));
    const folder = newFolder();
    expect((await failure(fetchFrom(short.address, folder))).message).toContain(
      "expected 200000 bytes, got",
    );
    expect(named(folder)).toBe(false);
    const endless = await start((_request, response) => {
      const more = () => response.write(content, more);
      more();
    });
    expect((await failure(fetchFrom(endless.address, folder))).message).toContain(
      "expected 200000 bytes, got more",
    );
    expect(named(folder)).toBe(false);
  });

  it("goes on where a dying server stopped", async () => {
    let requests = 0;
    const server = await start((request, response) =>
      (++requests === 1 ? dying(70_000) : wholeFile)(request, response),
    );
    const file = await fetchFrom(server.address, newFolder());
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.ranges).toHaveLength(2);
    expect(Number(/^bytes=(\d+)-$/.exec(server.ranges[1] ?? "")?.[1])).toBeGreaterThan(0);
  });

  it("keeps the beginning for the next call when the server keeps dying", async () => {
    const dead = await start(dying(70_000));
    const folder = newFolder();
    const error = await failure(fetchFrom(dead.address, folder));
    expect(error.message).toMatch(/broke off after \d+ of 200000 bytes/);
    expect(readdirSync(join(folder, "music"))).toEqual(["set.mat.part"]);
    const alive = await start(wholeFile);
    const file = await fetchFrom(alive.address, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(alive.ranges[0]).toMatch(/^bytes=\d+-$/);
    expect(readdirSync(join(folder, "music"))).toEqual(["set.mat"]);
  });

  it("starts afresh when the server cannot go on, or the beginning was wrong", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "music"));
    const part = join(folder, "music", "set.mat.part");
    writeFileSync(part, content.subarray(0, 5000));
    const withoutRanges = await start((_request, response) => response.end(content));
    expect(readFileSync(await fetchFrom(withoutRanges.address, folder)).equals(content)).toBe(true);

    const other = newFolder();
    mkdirSync(join(other, "music"));
    writeFileSync(join(other, "music", "set.mat.part"), Buffer.alloc(5000));
    const server = await start(wholeFile);
    expect(readFileSync(await fetchFrom(server.address, other)).equals(content)).toBe(true);
    expect(server.ranges).toEqual(["bytes=5000-", undefined]);
  });

  it("follows a redirect", async () => {
    const server = await start((request, response) =>
      request.url === "/set.mat"
        ? response.writeHead(302, { location: "/elsewhere" }).end()
        : wholeFile(request, response),
    );
    expect(readFileSync(await fetchFrom(server.address, newFolder())).equals(content)).toBe(true);
  });

  it.each([
    ["a redirect loop", { location: "/set.mat" }, "more than 5 redirects", 6],
    [
      "a redirect to a file",
      { location: "file:///etc/hostname" },
      "expected a redirect to http or https, got file:",
      1,
    ],
    ["a redirect to nowhere", {}, "HTTP 302 without an address to go to", 1],
    ["a redirect to nonsense", { location: "http://[" }, "HTTP 302 without an address to go to", 1],
  ])("refuses %s without a second try", async (_what, headers, message, requests) => {
    const server = await start((_request, response) => response.writeHead(302, headers).end());
    const folder = newFolder();
    const error = await failure(fetchFrom(server.address, folder));
    expect(error).toMatchObject({ code: "download", message: expect.stringContaining(message) });
    expect(server.ranges).toHaveLength(requests);
    expect(named(folder)).toBe(false);
  });

  it("refuses the page that a redirect to a wrong file leads to", async () => {
    const server = await start((request, response) =>
      request.url === "/set.mat"
        ? response.writeHead(302, { location: "/login" }).end()
        : response.end("<html>please log in</html>"),
    );
    const folder = newFolder();
    expect((await failure(fetchFrom(server.address, folder))).code).toBe("download");
    expect(named(folder)).toBe(false);
  });

  it("goes to the next address when one has no file, and names every one that failed", async () => {
    const none = await start((_request, response) => response.writeHead(404).end());
    const server = await start(wholeFile);
    const folder = newFolder();
    await fetchSource(sourceAt(none.address, server.address), folder, quick);
    expect(named(folder)).toBe(true);
    const error = await failure(
      fetchSource(sourceAt(none.address, none.address), newFolder(), quick),
    );
    expect(error.message.match(/HTTP 404/g)).toHaveLength(2);
    expect(none.ranges).toHaveLength(3);
  });

  it("tries three times when the server is busy", async () => {
    let requests = 0;
    const server = await start((request, response) =>
      ++requests < 3 ? response.writeHead(503).end() : wholeFile(request, response),
    );
    await fetchFrom(server.address, newFolder());
    expect(requests).toBe(3);
  });

  it("leaves a host that does not answer at the first try, for all files of a call", async () => {
    const server = await start(wholeFile);
    await server.close();
    const unreachable = new Set<string>();
    const error = await failure(fetchFrom(server.address, newFolder(), { unreachable }));
    expect(error).toMatchObject({
      code: "download",
      message: expect.stringContaining("ECONNREFUSED"),
    });
    expect(
      (await failure(fetchFrom(server.address, newFolder(), { unreachable }))).message,
    ).toContain("unreachable");
  });

  it("gives up on a server that answers nothing, or stops in the middle", async () => {
    const silent = await start(() => {});
    expect(
      (await failure(fetchFrom(silent.address, newFolder(), { connectMs: 50 }))).message,
    ).toContain("no answer within 0.05 s");
    const stalling = await start((_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 1000));
    });
    const folder = newFolder();
    expect((await failure(fetchFrom(stalling.address, folder, { stallMs: 50 }))).code).toBe(
      "download",
    );
    expect(named(folder)).toBe(false);
  });

  it("stops when asked to, at once and with nothing under the file's name", async () => {
    const controller = new AbortController();
    const server = await start((_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 70_000));
    });
    const folder = newFolder();
    const options = {
      signal: controller.signal,
      stallMs: 60_000,
      onProgress: () => controller.abort(),
    };
    const error = await failure(fetchFrom(server.address, folder, options));
    expect(error).toMatchObject({
      code: "download",
      message: "music/set.mat: stopped before it was complete",
    });
    expect(server.ranges).toHaveLength(1);
    expect(named(folder)).toBe(false);
    expect(
      (await failure(fetchFrom(server.address, folder, { signal: AbortSignal.abort() }))).message,
    ).toContain("stopped");
    expect(server.ranges).toHaveLength(1);
  });

  it("copies from a mirror without asking the network, with the same checks", async () => {
    const server = await start(wholeFile);
    const mirror = newFolder();
    mkdirSync(join(mirror, "music"));
    const copy = join(mirror, "music", "set.mat");
    writeFileSync(copy, content);
    const file = await fetchFrom(server.address, newFolder(), { mirror });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.ranges).toEqual([]);
    const flipped = Buffer.from(content);
    flipped[7] ^= 128;
    writeFileSync(copy, flipped);
    const folder = newFolder();
    const error = await failure(fetchFrom(server.address, folder, { mirror, offline: true }));
    expect(error).toMatchObject({
      code: "data-missing",
      message: expect.stringMatching(
        /mirror .*: expected sha256 .*; network: refused by GATED_RNN_OFFLINE/,
      ),
    });
    expect(readdirSync(join(folder, "music"))).toEqual([]);
    await fetchFrom(server.address, folder, { mirror }); // the network helps out
    expect(server.ranges).toEqual([undefined]);
  });

  it("replaces a file under its name that has been damaged", async () => {
    const server = await start(wholeFile);
    const folder = newFolder();
    const file = await fetchFrom(server.address, folder);
    writeFileSync(file, content.subarray(1));
    await fetchFrom(server.address, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it("says so when it cannot write", async () => {
    const folder = newFolder();
    copyFileSync("/dev/null", join(folder, "music")); // a file where the folder should be
    const server = await start(wholeFile);
    expect(await failure(fetchFrom(server.address, folder))).toMatchObject({
      code: "record",
      message: expect.stringContaining(`got ${join(folder, "music")}, which is no folder`),
    });
  });
});
