import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const npm = (folder: string, ...args: string[]) =>
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

/** An empty folder in which a package is installed: nothing of this project is above it. */
export function folderWith(...packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-packed-"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  npm(folder, "install", "--save-exact", ...packages);
  return folder;
}

/** The package as it would be published, in a file. */
export function packed(): string {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-pack-"));
  const said = npm(join(root, "lib"), "pack", "--json", "--pack-destination", folder);
  return join(folder, JSON.parse(said.slice(said.indexOf("[\n")))[0].filename);
}

/** The binary of a Node version, from npm. */
export function nodeOf(version: string): string {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-node-"));
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  npm(folder, "install", "--ignore-scripts", "--force", `${name}@${version}`);
  return join(
    folder,
    "node_modules",
    name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
}

/** Bytes of all files under a folder. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** package.json of every package under node_modules. */
export function manifestsIn(folder: string): readonly Manifest[] {
  return readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(folder, "node_modules", file), "utf8")));
}

export interface Manifest {
  readonly name?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}
