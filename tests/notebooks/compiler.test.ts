import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");
const launcher = join(root, "notebooks", "kernels", "tslab", "launch.cjs");

it("cells are compiled after files that a cell looked for come and go, as they do in a build of lib", () => {
  const program = `
    const { tslabRequire, projectRequire } = require(${JSON.stringify(launcher.replace("launch", "tslab"))});
    const { sys } = tslabRequire("@tslab/typescript-for-tslab");
    const told = []; // in place of the file system's own word, which comes when it likes
    sys.watchDirectory = (folder, changed) => {
      told.push(() => changed(folder + "/absent.d.ts"));
      return { close: () => {} };
    };
    require(${JSON.stringify(launcher)});
    const { convert } = projectRequire("tslab/dist/converter.js").createConverter({});
    const before = convert("", 'import { a } from "./absent";').diagnostics.length;
    for (const tell of told) tell();
    console.log(told.length > 0, before, convert("", "const b: number = 1;").diagnostics.length);
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
    cwd: join(root, "notebooks"),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout).toBe("true 1 0\n");
});
