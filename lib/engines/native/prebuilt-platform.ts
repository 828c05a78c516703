import { closeSync, openSync, readSync } from "node:fs";

/**
 * The name of a platform among those that the package brings addons for (prebuild.mjs). On Linux the C library belongs to it: an
 * addon is linked to glibc or to musl, as the program is that loads it.
 *
 * @param program Linux: the program's file
 */
export function prebuiltPlatform(
  platform: string = process.platform,
  architecture: string = process.arch,
  program: string = process.execPath,
): string {
  const name = `${platform}-${architecture}`;
  return platform === "linux" && isOfMusl(program) ? `${name}-musl` : name;
}

/**
 * Whether a program is loaded by musl's loader, whose name stands at the beginning of an ELF file. (Node's own report names the glibc
 * it runs on, but takes 60 ms.)
 */
function isOfMusl(program: string): boolean {
  const beginning = Buffer.alloc(4096);
  const file = openSync(program, "r");
  try {
    readSync(file, beginning, 0, beginning.length, 0);
  } finally {
    closeSync(file);
  }
  return beginning.includes("/ld-musl-");
}
