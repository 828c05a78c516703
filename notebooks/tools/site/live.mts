// The page that trains networks in the visitor's browser, as one file: npm run site → build/site/live.html
// Its program, its style and the WebAssembly builds lie in it; it asks no host for anything, and opens from disk.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { makeFolder } from "../folder.mts";
import { root } from "../jupyter.mts";

const source = join(root, "notebooks", "live");
const builds = ["simd", "relaxed-simd"] as const;

/** The page's program, which is its workers' program too, as a classic script. */
export async function liveProgram(): Promise<string> {
  const bundle = await rolldown({
    input: join(source, "main.ts"),
    platform: "browser",
    resolve: {
      alias: { "gated-rnn/browser": join(root, "lib", "browser.ts") },
      extensionAlias: { ".js": [".ts", ".js"] },
    },
  });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  if (output.length !== 1) throw new Error(`live page: expected one file, got ${output.length}`);
  return output[0].code;
}

/** Text that may stand inside a script element: no end tag and no comment begins in it. */
const inScript = (code: string) => code.replaceAll(/<(?=\/script|!--|script)/gi, "\\x3c");

export async function liveHtml(): Promise<string> {
  const text = (name: string) => readFileSync(join(source, name), "utf8");
  const wasm = (build: string) =>
    readFileSync(join(root, "lib", "engines", "native", "wasm", `${build}.wasm`), "base64");
  const kept = builds.map(
    (build) => `<script type="text/plain" id="wasm-${build}">${wasm(build)}</script>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Train it here: three recurrent networks race</title>
<style>${text("page.css")}</style>
</head>
<body>
${text("page.html")}
${kept.join("\n")}
<script id="program">${inScript(await liveProgram())}</script>
</body>
</html>
`;
}

/** Writes the page into a folder of the site; returns its path. */
export async function writeLive(site = join(root, "build", "site")): Promise<string> {
  const file = join(site, "live.html");
  makeFolder(site);
  writeFileSync(file, await liveHtml());
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`open ${await writeLive()}`);
