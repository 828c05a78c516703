// The committed notebooks as pages that open from disk, without network: npm run site → build/site/index.html
// npm run site -- FOLDER takes the notebooks there, such as build/notebooks.
// Equations, code and text are rendered here; pictures and sounds lie in the pages. No script runs in them, but in the page that trains
// and the one that sorts and filters the atlas.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Notebook, text } from "../format.mts";
import { root } from "../jupyter.mts";
import { notebookNames, readNotebook } from "../notebooks.mts";
import { atlasBody } from "./atlas.mts";
import { cellHtml, escapeHtml, firstPicture, type Heading, markdown } from "./cells.mts";
import { writeLive } from "./live.mts";
import { readingMinutes } from "./minutes.mts";
import { writeReference } from "./reference.mts";

const here = dirname(fileURLToPath(import.meta.url));

interface Entry {
  readonly name: string;
  readonly notebook: Notebook;
}

/** As its file and the other notebooks have it: numbers may be missing. */
const numberOf = ({ name }: Entry) => Number(name.slice(0, 2));

export const titleOf = ({ cells }: Notebook) => /^# (.*)$/m.exec(text(cells[0].source))?.[1] ?? "";

/** The first paragraph below the title, as an index shows it. */
function summaryOf({ cells }: Notebook): string {
  const [, first = ""] = text(cells[0].source).split(/\n\s*\n/);
  return first.replace(/\n/g, " ");
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="katex/katex.min.css">
<link rel="stylesheet" href="style.css">
</head>
<body>
${body}
</body>
</html>
`;
}

async function notebookPage(entries: readonly Entry[], i: number): Promise<string> {
  const { notebook } = entries[i];
  const headings: Heading[] = [];
  const cells: string[] = [];
  for (const cell of notebook.cells) cells.push(await cellHtml(cell, headings));
  const link = (at: number, arrow: (title: string) => string) =>
    entries[at]
      ? `<a href="${entries[at].name}.html">${arrow(escapeHtml(titleOf(entries[at].notebook)))}</a>`
      : "<span></span>";
  const pages = (label: string) =>
    `<nav class="pages" aria-label="${label}">${link(i - 1, (title) => `← ${title}`)}<a href="index.html">all</a>${link(i + 1, (title) => `${title} →`)}</nav>`;
  const parts = headings.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  const about = `<p class="about">Notebook ${numberOf(entries[i])} · ${readingMinutes(notebook)} minutes to read · <a href="${entries[i].name}.ipynb" download>the notebook</a></p>`;
  const contents = `<nav class="contents" aria-label="contents">${about}<ol>${parts.join("")}</ol></nav>`;
  const [first, ...rest] = cells;
  const opened = first.replace("</h1>", `</h1>\n${contents}`);
  return page(
    titleOf(notebook),
    `${pages("pages, above")}\n<main>\n${[opened, ...rest].join("\n")}\n</main>\n${pages("pages, below")}`,
  );
}

function indexPage(entries: readonly Entry[], hasAtlas: boolean): string {
  const cards = entries.map((entry) => {
    const { name, notebook } = entry;
    const picture = firstPicture(notebook);
    const face = picture ? `<img src="${picture.src}" alt="${escapeHtml(picture.alt)}">` : "";
    return `<li>${face}<h2><a href="${name}.html">${numberOf(entry)}. ${escapeHtml(titleOf(notebook))}</a></h2>${markdown(summaryOf(notebook))}<p class="about">${readingMinutes(notebook)} minutes</p></li>`;
  });
  const about = markdown(
    "# Gated recurrent networks, reproduced\n\n*Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling* ([Chung, Gulcehre, Cho, Bengio 2014](https://arxiv.org/abs/1412.3555)), step by step, as notebooks in TypeScript. These pages show them as they were run; in JupyterLab every cell can be changed and run again.\n\n**[Train it here](live.html)**: three networks race on one page, in this browser, and you hear them.\n\n[The library, name by name](api/index.html): what every public name does, with shapes, units and errors." +
      (hasAtlas
        ? "\n\n[The gate atlas](atlas.html): every variant of the gated units, to sort and to filter."
        : ""),
  );
  return page(
    "Gated recurrent networks, reproduced",
    `<main>${about}\n<ol class="cards">${cards.join("\n")}</ol></main>`,
  );
}

/** A document's drawings, named from its folder, become a part of its page, which then needs no other file. */
const withPictures = (html: string, folder: string): string =>
  html.replaceAll(/(<img [^>]*?src=")([^":]+\.svg)"/g, (_, before, path) => {
    const drawing = readFileSync(join(folder, path)).toString("base64");
    return `${before}data:image/svg+xml;base64,${drawing}"`;
  });

/** The documents that the notebooks' pages lead to. */
function writeDocuments(folder: string): void {
  const pages = readdirSync(folder).filter((file) => /^\d\d-.*\.html$/.test(file));
  const html = pages.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  for (const name of new Set([...html.matchAll(/href="docs-([\w-]+)\.html/g)].map(([, n]) => n))) {
    const source = readFileSync(join(root, "docs", `${name}.md`), "utf8");
    const title = /^# (.*)$/m.exec(source)?.[1] ?? name;
    const back = '<nav class="pages" aria-label="pages"><a href="index.html">all</a></nav>';
    const body = `${back}\n<main>${withPictures(markdown(source), join(root, "docs"))}</main>`;
    writeFileSync(join(folder, `docs-${name}.html`), page(title, body));
  }
}

/** Writes the site of the notebooks in a folder; default: the committed ones. Returns the path of its first page. */
export async function writeSite(from = join(root, "notebooks")): Promise<string> {
  const folder = join(root, "build", "site");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "katex"), { recursive: true });
  const styles = dirname(createRequire(import.meta.url).resolve("katex/dist/katex.min.css"));
  // one kind of font file is enough: every browser of today reads it
  const css = readFileSync(join(styles, "katex.min.css"), "utf8").replace(
    /,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)/g,
    "",
  );
  writeFileSync(join(folder, "katex", "katex.min.css"), css);
  cpSync(join(styles, "fonts"), join(folder, "katex", "fonts"), {
    recursive: true,
    filter: (file) => !/\.(woff|ttf)$/.test(file),
  });
  copyFileSync(join(here, "style.css"), join(folder, "style.css"));
  const entries = notebookNames(".ipynb").map((name) => {
    copyFileSync(join(from, `${name}.ipynb`), join(folder, `${name}.ipynb`));
    return { name, notebook: readNotebook(join(from, `${name}.ipynb`)) };
  });
  for (const [i, { name }] of entries.entries())
    writeFileSync(join(folder, `${name}.html`), await notebookPage(entries, i));
  writeDocuments(folder);
  const atlas = atlasBody();
  if (atlas) writeFileSync(join(folder, "atlas.html"), page("The gate atlas", atlas));
  writeFileSync(join(folder, "index.html"), indexPage(entries, atlas !== undefined));
  await writeLive(folder);
  await writeReference(folder);
  return join(folder, "index.html");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`open ${await writeSite(process.argv[2])}`);
