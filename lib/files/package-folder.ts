import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GatedRnnError } from "../errors.js";

let found: string | undefined;

/**
 * The package's folder, where its package.json lies: from the sources and from dist alike, and from a bundle that was made of it, if
 * the package is installed where the bundle lies.
 *
 * @throws GatedRnnError `usage` in a bundle that was carried away from it
 */
export function packageFolder(): string {
  found ??= folderAbove() ?? installed();
  return found;
}

function folderAbove(): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "gated-rnn")
      return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function installed(): string {
  try {
    return dirname(require.resolve("gated-rnn/package.json"));
  } catch {
    throw new GatedRnnError(
      "usage",
      `bundle: expected the package gated-rnn to be installed where ${__dirname} finds it, got none; npm install it there, or leave it out of the bundle (esbuild --external:gated-rnn)`,
    );
  }
}
