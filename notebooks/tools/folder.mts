import { createRequire } from "node:module";

const library = createRequire(import.meta.url)(
  "../../lib/build/modules/lib/files/folder.js",
) as typeof import("../../lib/files/folder.js");

/** Makes a folder as the library does; a tool whose outcome has no place ends, and says so in one line. */
export function makeFolder(folder: string): void {
  try {
    library.makeFolder(folder);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
