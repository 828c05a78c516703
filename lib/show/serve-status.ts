import { GatedRnnError } from "../errors.js";
import type { StatusSource } from "../sweep/status-source.js";
import { contentSecurityPolicy, sweepBody, sweepPage } from "./sweep-page.js";

/** What is shown came from elsewhere: a browser runs nothing but the page's own script, and shows it in no other page. */
const safety = {
  "cache-control": "no-store",
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Serves the page of a sweep to this machine only, on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @throws GatedRnnError `usage` when the port is taken
 */
export async function serveStatus(
  source: StatusSource,
  port: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { createServer } = await import("node:http");
  const server = createServer(async ({ url, headers, method = "" }, answer) => {
    const reply = (code: number, type = "text/plain", text = "") =>
      answer
        .writeHead(code, { "content-type": `${type}; charset=utf-8`, ...safety })
        .end(method === "HEAD" ? "" : text);
    // a name that leads here from elsewhere is a page of somebody else's, asking in the reader's browser
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "")) return reply(403);
    if (method !== "GET" && method !== "HEAD") return reply(405);
    try {
      switch (url) {
        case "/":
          return reply(200, "text/html", sweepPage());
        case "/body":
          return reply(200, "text/html", sweepBody(await source()));
        case "/status.json":
          return reply(200, "application/json", JSON.stringify(await source()));
        default:
          return reply(404);
      }
    } catch (error) {
      return reply(503, "text/plain", (error as Error).message);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `watch: expected port ${port} to be free, got ${error.code}; choose another with --port`;
      reject(new GatedRnnError("usage", taken, { cause: error }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const used = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${used}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
