// The package's doors and processes as few files: a file for what pages may load, one for the rest of what doors load, and one for
// each part that is loaded when it is asked for. Hundreds of small modules take three times as long to load.
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const lib = dirname(fileURLToPath(import.meta.url));
const doors = ["index", "browser", "data", "show", "sweep"];
/** What the package itself starts as a process of its own. */
const processes = ["cli/main", "sweep/child", "engines/webgpu/probe"];

/** Everything but our own modules and zod, of which we need a part, is a package that is installed beside this one. */
const isOther = (id, from) =>
  from !== undefined && !/^[./]/.test(id) && id !== "zod" && !/node_modules[\\/]zod/.test(from);

const open = (names) =>
  rolldown({
    input: Object.fromEntries(names.map((name) => [`lib/${name}`, join(lib, `${name}.ts`)])),
    platform: "node",
    external: isOther,
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  });

/** Modules that are loaded as soon as one of these doors is. */
async function loadedBy(names) {
  const build = await open(names);
  const { output } = await build.generate({ format: "cjs" });
  await build.close();
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(output.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of loaded)
    for (const other of chunks.get(name).imports) if (chunks.has(other)) loaded.add(other);
  return new Set([...loaded].flatMap((name) => chunks.get(name).moduleIds));
}

/** Writes the JavaScript of `dist`; its types are the compiler's. */
export async function buildBundles(dist) {
  const [page, node] = [await loadedBy(["browser"]), await loadedBy(doors)];
  const build = await open([...doors, ...processes]);
  await build.write({
    dir: dist,
    format: "cjs",
    exports: "named",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "lib/parts/[name].js",
    codeSplitting: {
      groups: [
        { name: "page", test: (id) => page.has(id), priority: 2 },
        { name: "node", test: (id) => node.has(id), priority: 1 },
      ],
    },
  });
  await build.close();
  const zod = dirname(createRequire(import.meta.url).resolve("zod/package.json"));
  copyFileSync(join(zod, "LICENSE"), join(dist, "lib", "parts", "zod.LICENSE"));
}
