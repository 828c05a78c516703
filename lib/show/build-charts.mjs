// Lays the chart library into lib/dist/charts: three scripts as they are published, and the licences of what is in them.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const out = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "charts");
const packages = ["vega", "vega-lite", "vega-embed"];

export function copyCharts() {
  mkdirSync(out, { recursive: true });
  const folders = new Map();
  for (const name of packages) {
    const folder = packageFolder(name, import.meta.url);
    copyFileSync(join(folder, "build", `${name}.min.js`), join(out, `${name}.min.js`));
    collect(name, folder, folders);
  }
  const texts = [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(licence);
  writeFileSync(join(out, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n`));
}

/** A package and all that it is made of. */
function collect(name, folder, folders) {
  if (folders.has(name)) return;
  folders.set(name, folder);
  const { dependencies = {} } = manifest(folder);
  for (const inner of Object.keys(dependencies))
    collect(inner, packageFolder(inner, join(folder, "package.json")), folders);
}

function licence([name, folder]) {
  const { version, license, author } = manifest(folder);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const by = typeof author === "string" ? author : author?.name;
  const text = file ? readFileSync(join(folder, file), "utf8") : "";
  return `${name} ${version}, ${license}${by ? `, ${by}` : ""}\n\n${text}`;
}

const manifest = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Where Node finds a package; not by resolving it, which packages may forbid for their package.json. */
function packageFolder(name, from) {
  const places = createRequire(from)
    .resolve.paths(name)
    .map((place) => join(place, name));
  return places.find((place) => existsSync(join(place, "package.json")));
}
