// Trains on the WebAssembly builds in a Chromium page and in Node, and fails unless both give the same bits; then on WebGPU in the
// page, by Chromium's software adapter, and fails unless the losses are those of WebAssembly:
// node tests/browser/run.mjs (needs Chromium; CHROMIUM says where, /usr/bin/chromium if nothing does)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const variants = ["simd", "relaxed-simd"];
const threaded = "relaxed-simd-threads";
const wasm = (variant) => readFileSync(at(`../../lib/engines/native/wasm/${variant}.wasm`));

async function bundle() {
  const resolve = { extensionAlias: { ".js": [".ts", ".js"] } };
  const build = await rolldown({ input: at("page.ts"), platform: "browser", resolve });
  const { output } = await build.generate({ format: "esm" });
  assert.equal(output.length, 1);
  assert.doesNotMatch(
    output[0].code,
    /from\s*["']|\brequire\(/,
    "the page's code must need nothing of Node",
  );
  return output[0].code;
}

/** Serves the page, its code and the builds, and nothing else, on a free port of this machine. */
async function serve(code) {
  const files = new Map([
    ["/", ["text/html", '<!doctype html><script type="module" src="page.js"></script>']],
    ["/page.js", ["text/javascript", code]],
    ...[...variants, threaded].map((variant) => [
      `/${variant}.wasm`,
      ["application/wasm", wasm(variant)],
    ]),
  ]);
  const server = createServer(({ url }, response) => {
    const [type, body] = files.get(url) ?? [];
    // an isolated page: there memory may be shared with workers
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.writeHead(body === undefined ? 404 : 200, type && { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const code = await bundle();
await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
const server = await serve(code);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...[
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
    ...["--disable-component-update", "--disable-sync"],
    ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  ],
});
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction("globalThis.train");
  for (const variant of variants) {
    const there = await page.evaluate(async (file) => {
      const response = await fetch(file);
      return globalThis.train(new Uint8Array(await response.arrayBuffer()));
    }, `${variant}.wasm`);
    const here = await globalThis.train(new Uint8Array(wasm(variant)));
    assert.deepEqual(there, here);
    assert.ok(here.losses.at(-1) < here.losses[0] / 4, "the loss falls");
    const [first, last] = [here.losses[0], here.losses.at(-1)];
    console.log(
      `${browser.version()} and Node ${process.version}, ${here.build}: ${first} to ${last} nats, the same bits`,
    );
  }
  const two = await page.evaluate(
    async (files) => {
      const builds = await Promise.all(
        files.map(async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer())),
      );
      return globalThis.trainOnThreads(...builds, true);
    },
    ["relaxed-simd.wasm", `${threaded}.wasm`],
  );
  const builds = ["relaxed-simd", threaded].map((variant) => new Uint8Array(wasm(variant)));
  const { helper: none, ...alone } = await globalThis.trainOnThreads(...builds, false);
  const { helper, ...shared } = two;
  assert.deepEqual(shared, alone);
  assert.deepEqual(none, [0, 0]);
  assert.equal(helper[0], 1);
  assert.ok(helper[1] > 20, `the page's second thread took part in ${helper[1]} of 40 updates`);
  console.log(
    `${browser.version()}, two threads: the second took part in ${helper[1]} of 40 updates, the bits of one`,
  );
  const there = await page.evaluate(() => globalThis.trainOnGpu());
  assert.match(there.refusal, /expected a GPU, got .*swiftshader.*, which is software/);
  const here = await globalThis.train(new Uint8Array(wasm("simd")));
  for (const [update, loss] of here.losses.entries())
    assert.ok(
      Math.abs(there.losses[update] - loss) < 1e-3 * loss,
      `update ${update}: ${there.losses[update]} for ${loss}`,
    );
  console.log(
    `${browser.version()}, ${there.build}: ${there.losses[0]} to ${there.losses.at(-1)} nats, as WebAssembly within a thousandth`,
  );
  assert.deepEqual(errors, []);
} finally {
  await browser.close();
  server.close();
}
