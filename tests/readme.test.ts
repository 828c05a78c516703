import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))]
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(join(root, name), "utf8"));
const examples = pages.flatMap((page) =>
  [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]),
);

it("the examples of README and docs are type-checked and, but for a page's, run (on synthetic music, for one epoch)", () => {
  expect(examples.length).toBeGreaterThanOrEqual(2);
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-readme-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "lib"), join(folder, "node_modules", "gated-rnn"));
  symlinkSync(join(root, "node_modules", "@types"), join(folder, "node_modules", "@types"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const files = examples.map((_, i) => `example-${i}.ts`);
  examples.forEach((text, i) => {
    writeFileSync(
      join(folder, files[i]),
      text
        .replaceAll('openMusic("jsb")', 'openMusic("synthetic")')
        .replaceAll(/epochs: \d+/g, "epochs: 1"),
    );
  });
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: "nodenext",
    target: "es2022",
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const node = join(root, "node_modules", ".bin", "node");
  expect(
    execFileSync(node, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder], {
      encoding: "utf8",
    }),
  ).toBe("");
  for (const [i, file] of files.entries()) {
    if (examples[i].includes("gated-rnn/browser")) continue;
    const printed = execFileSync(node, ["--no-warnings", join(folder, file)], {
      cwd: folder,
      encoding: "utf8",
    });
    const nll = Number(printed.trim().split(/\s+/).at(-1));
    expect(nll, `${file} printed ${printed}`).toBeGreaterThan(1);
    expect(nll).toBeLessThan(60); // 88 keys at even odds: 88 ln 2 = 61 nats
  }
});
