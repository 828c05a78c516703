// The API reference, made of the docstrings of all doors by typedoc: npm run docs → build/site/api/index.html
// It opens from disk, without network. `--check` writes nothing: exit code 1 where a public name has no docstring
// (`--check TSCONFIG FILE …`: of other files).
import { registerHooks } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, ProjectReflection } from "typedoc";
import { root } from "../jupyter.mts";

/** Every door of the package: a name in lib, and the module that users import. */
export const doors = {
  index: "gated-rnn",
  data: "gated-rnn/data",
  show: "gated-rnn/show",
  sweep: "gated-rnn/sweep",
  browser: "gated-rnn/browser",
};

/**
 * The project as typedoc reads it. Typedoc needs the JavaScript interface of TypeScript 5, which the native compiler that
 * builds this project has not: `typescript-api` stands in for it.
 *
 * @param entryPoints files that the project of `tsconfig` has
 * @throws Error when they cannot be read
 */
export async function read(
  entryPoints: readonly string[],
  tsconfig = join(root, "lib", "tsconfig.json"),
): Promise<{ app: Application; project: ProjectReflection }> {
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      next(name === "typescript" ? "typescript-api" : name, context),
  });
  const { Application } = await import("typedoc");
  hooks.deregister();
  const app = await Application.bootstrap({
    entryPoints: [...entryPoints],
    tsconfig,
    name: "gated-rnn",
    readme: "none",
    hideGenerator: true,
    disableSources: true,
    skipErrorChecking: true, // the build checks
    logLevel: "Warn",
    sort: ["kind", "alphabetical"],
    validation: { notDocumented: true, invalidLink: true, notExported: false },
    requiredToBeDocumented: ["Class", "Enum", "Function", "Interface", "TypeAlias", "Variable"],
  });
  const project = await app.convert();
  if (!project) throw new Error("reference: expected typedoc to read the doors, got nothing");
  for (const module of project.children ?? [])
    if (Object.hasOwn(doors, module.name)) module.name = doors[module.name as keyof typeof doors];
  return { app, project };
}

const files = Object.keys(doors).map((name) => join(root, "lib", `${name}.ts`));

/** What is wrong with docstrings: names without any, numbers that say neither what they are nor in what unit, links that lead nowhere. */
export async function problems(
  entryPoints: readonly string[] = files,
  tsconfig?: string,
): Promise<number> {
  const { app, project } = await read(entryPoints, tsconfig);
  app.validate(project);
  for (const name of untoldNumbers(project))
    app.logger.warn(`${name}, a number, does not have any documentation`);
  return app.logger.warningCount + app.logger.errorCount;
}

/** Properties of interfaces that hold numbers or arrays of them. */
function untoldNumbers(project: ProjectReflection): string[] {
  const interfaces = (project.children ?? [])
    .flatMap((module) => [module, ...(module.children ?? [])])
    .filter(({ variant, comment }) => variant === "declaration" && comment);
  return interfaces.flatMap((one) =>
    (one.children ?? [])
      .filter(({ comment, type }) => !comment && type && numbers.test(String(type)))
      .map((property) => property.getFullName()),
  );
}

const numbers = /^(readonly )?(number(\[\])*|(Float32|Float64|Int32)Array(<.*>)?)$/;

/** Writes the reference into a folder of the site. Returns the path of its first page. */
export async function writeReference(site = join(root, "build", "site")): Promise<string> {
  const { app, project } = await read(files);
  app.validate(project);
  await app.generateDocs(project, join(site, "api"));
  return join(site, "api", "index.html");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [check, tsconfig, ...own] = process.argv.slice(2);
  if (check !== "--check") console.log(`open ${await writeReference()}`);
  else if ((await problems(tsconfig ? own : files, tsconfig)) > 0) process.exitCode = 1;
}
