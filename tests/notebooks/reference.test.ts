import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../notebooks/tools/jupyter.mts";

const run = promisify(execFile);
const node = join(root, "node_modules", ".bin", "node");
const tool = join(root, "notebooks", "tools", "site", "reference.mts");

/** What the tool says about the doors, or about the files of another project. */
const check = (...files: string[]) =>
  run(node, ["--no-warnings", tool, "--check", ...files]).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
  );

describe("the API reference", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gated-rnn-reference-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds a docstring at every public name of every door, and no link that leads nowhere", async () => {
    expect(await check()).toEqual({ code: 0, said: "" });
  }, 120_000);

  it("would say which name has none", async () => {
    const file = join(folder, "door.ts");
    const tsconfig = join(folder, "tsconfig.json");
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { types: [] }, files: [file] }));
    writeFileSync(
      file,
      `/** Two. */
export const told = 2;
export const untold = 3;
/** A thing. */
export interface Thing {
  does(): void;
  /** In metres. */
  readonly length: number;
  readonly weight?: number;
  readonly parts: readonly number[];
  readonly name: string;
}
export type Bare = Thing;
`,
    );
    const { code, said } = await check(tsconfig, file);
    expect(code).toBe(1);
    for (const name of ["untold", "Thing.does", "Bare", "Thing.weight", "Thing.parts"])
      expect(said).toContain(name);
    expect(said).not.toContain(".told");
    expect(said.match(/does not have any documentation/g)).toHaveLength(5);
  }, 120_000);
});
