import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, GatedRnnError } from "../errors.js";
import { packageFolder } from "./package-folder.js";

/**
 * What to do where packages that only one engine or one command needs cannot be loaded. They are large, so installing this package
 * does not bring them: they are its optional peer dependencies. Bundlers let an `import()` whose failure is caught name what is not
 * there: `import("webgpu").catch(notInstalled(…))`.
 *
 * @param names all that the work needs: one command installs them together
 * @returns what throws GatedRnnError `code` when one is not installed, with the command that installs them at the versions this
 * package is made for; other errors pass
 */
export function notInstalled(
  where: string,
  code: ErrorCode,
  names: readonly string[],
): (error: unknown) => never {
  return (error) => {
    const missing = names.find((name) => isMissing(error, name));
    if (missing === undefined) throw error;
    throw new GatedRnnError(
      code,
      `${where}: expected the package ${missing}, which is not installed; ${installCommand(names)}`,
    );
  };
}

/** The command that installs optional packages at the versions of package.json. */
export function installCommand(names: readonly string[]): string {
  const { peerDependencies } = JSON.parse(
    readFileSync(join(packageFolder(), "package.json"), "utf8"),
  ) as { readonly peerDependencies: Readonly<Record<string, string>> };
  return `npm install ${names.map((name) => `${name}@${peerDependencies[name]}`).join(" ")}`;
}

/** Whether it is this very package that is not there, and not a file or package that it looks for itself. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  const isAbsence = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  return isAbsence && new RegExp(`^Cannot find (package|module) '${name}'`).test(message);
}
