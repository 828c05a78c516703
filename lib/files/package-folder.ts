import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The package's folder: where its package.json lies, from the sources and from dist alike. */
export function packageFolder(): string {
  let folder = __dirname;
  for (;;) {
    const file = join(folder, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "gated-rnn")
      return folder;
    folder = dirname(folder);
  }
}
