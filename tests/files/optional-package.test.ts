import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { installCommand, notInstalled } from "../../lib/files/optional-package.js";
import { packageFolder } from "../../lib/files/package-folder.js";

const { peerDependencies } = JSON.parse(
  readFileSync(join(packageFolder(), "package.json"), "utf8"),
);

/** What Node says of a package that is not there, from a module and from require. */
const absent = (name: string) => ({
  module: Object.assign(new Error(`Cannot find package '${name}' imported from /a/b.js`), {
    code: "ERR_MODULE_NOT_FOUND",
  }),
  require: Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- /a/b.js`), {
    code: "MODULE_NOT_FOUND",
  }),
});

it.each(["module", "require"] as const)(
  "a package that is not installed is asked for in one line, by %s",
  (kind) => {
    const handler = notInstalled("sweep", "database", ["pg-boss", "@electric-sql/pglite"]);
    const versions = [peerDependencies["pg-boss"], peerDependencies["@electric-sql/pglite"]];
    expect(() => handler(absent("@electric-sql/pglite")[kind])).toThrow(
      expect.objectContaining({
        code: "database",
        message: `sweep: expected the package @electric-sql/pglite, which is not installed; npm install pg-boss@${versions[0]} @electric-sql/pglite@${versions[1]}`,
      }),
    );
  },
);

it("an error of a package that is there stays what it is", () => {
  const handler = notInstalled("webgpu engine", "engine-missing", ["webgpu"]);
  const broken = new Error("/lib/libm.so.6: version `GLIBC_2.38' not found");
  expect(() => handler(broken)).toThrow(broken);
  const inner = absent("webgpu-inner").module; // what an installed package misses is not that package
  expect(() => handler(inner)).toThrow(inner);
});

it("the command names the exact version of package.json", () => {
  expect(installCommand(["webgpu"])).toBe(`npm install webgpu@${peerDependencies.webgpu}`);
});
