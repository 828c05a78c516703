import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceFile } from "../../data-prep/sources.js";

/** 200 kB that a transfer cuts into several pieces. */
export const content = Buffer.from(
  Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) % 251),
);

export const newFolder = () => mkdtempSync(join(tmpdir(), "gated-rnn-data-"));

export function sourceAt(...addresses: string[]): SourceFile {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { path: "music/set.mat", kind: "mat", bytes: content.length, sha256, addresses };
}

/** A server on this machine; counts requests and remembers the ranges that were asked for. */
export interface LocalServer {
  readonly address: string;
  readonly ranges: (string | undefined)[];
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<LocalServer> {
  const ranges: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    ranges.push(request.headers.range);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set.mat`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { address, ranges, close };
}

/** Answers with the content, or the part of it that is asked for. */
export const wholeFile: RequestListener = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": content.length - from,
    ...(from > 0 ? range : {}),
  });
  response.end(content.subarray(from));
};
