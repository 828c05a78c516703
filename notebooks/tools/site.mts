// The committed notebooks as pages that open from disk, without network: npm run site → build/site/index.html
// npm run site -- FOLDER takes the notebooks there, such as build/notebooks.
// Equations, code and text are rendered here; pictures and sounds lie in the pages. No script runs in them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import hljs from "highlight.js";
import katex from "katex";
import { Marked } from "marked";
import markedKatex from "marked-katex-extension";
import { type Cell, type CellOutput, type Notebook, text } from "./format.mts";
import { notebookNames, readNotebook } from "./notebooks.mts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const marked = new Marked(markedKatex({ throwOnError: true, nonStandard: true }), {
  renderer: {
    code: ({ text, lang }) => `<pre class="code">${highlighted(text, lang ?? "")}</pre>`,
  },
});

const highlighted = (source: string, language: string) =>
  hljs.getLanguage(language) ? hljs.highlight(source, { language }).value : escapeHtml(source);
const escapeHtml = (source: string) =>
  source.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A notebook's text as HTML; links to notebooks become links to their pages. */
function markdown(source: string): string {
  return (marked.parse(source, { async: false }) as string).replace(
    /(href="[^":]*)\.ipynb"/g,
    '$1.html"',
  );
}

function cellHtml(cell: Cell): string {
  const source = text(cell.source);
  if (cell.cell_type === "markdown") return `<section class="text">${markdown(source)}</section>`;
  const outputs = cell.outputs.map(outputHtml).join("\n");
  return `<section class="cell"><pre class="code">${highlighted(source, "typescript")}</pre>\n<div class="outputs">${outputs}</div></section>`;
}

/** The form of an output that a page shows best. */
function outputHtml(output: CellOutput): string {
  if (output.output_type === "stream")
    return `<pre class="stream">${escapeHtml(text(output.text))}</pre>`;
  if (output.output_type === "error")
    return `<pre class="stream">${escapeHtml(output.evalue)}</pre>`;
  const { data, metadata } = output;
  const form = (type: string) =>
    data[type] === undefined ? undefined : text(data[type] as string | string[]);
  const png = form("image/png");
  if (png) {
    const {
      width,
      height,
      alt = "",
    } = (metadata["image/png"] ?? {}) as { width?: number; height?: number; alt?: string };
    return `<img src="data:image/png;base64,${png.trim()}" width="${width}" height="${height}" alt="${escapeHtml(alt).replaceAll('"', "&quot;")}">`;
  }
  const latex = form("text/latex");
  if (latex)
    return katex.renderToString(latex.replace(/^\$\$\s*|\s*\$\$$/g, ""), {
      displayMode: true,
      throwOnError: true,
    });
  const html = form("text/html");
  if (html) return html;
  const prose = form("text/markdown");
  if (prose) return markdown(prose);
  return `<pre class="stream">${escapeHtml(form("text/plain") ?? "")}</pre>`;
}

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

const style = `
:root { color-scheme: light dark; --ink: #222; --ground: #fff; --soft: #f6f6f8; --line: #ddd; --link: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --ground: #16181c; --soft: #22252b; --line: #3a3d44; --link: #6cb4e4; } }
body { font: 17px/1.6 "Open Sans", "Helvetica Neue", Helvetica, Arial, sans-serif; color: var(--ink); background: var(--ground); max-width: 48rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.8rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.5rem; }
a { color: var(--link); } nav { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.9rem; padding: 0.5rem 0; }
pre { overflow-x: auto; padding: 0.7rem 0.9rem; border-radius: 6px; font-size: 0.82rem; line-height: 1.45; }
pre.code { background: var(--soft); } pre.stream { padding: 0.3rem 0.9rem; border-left: 3px solid var(--line); border-radius: 0; }
.outputs { overflow-x: auto; } .outputs img { max-width: 100%; height: auto; border-radius: 6px; display: block; margin: 0.8rem 0; background: #fff; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
td:first-child { white-space: normal; min-width: 6rem; max-width: 9rem; }
details { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.9rem; margin: 1rem 0; } summary { cursor: pointer; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 0.2rem 0; }
.hljs-keyword, .hljs-built_in { color: #a626a4; } .hljs-string { color: #2e7d32; } .hljs-comment { color: #777; font-style: italic; } .hljs-number { color: #b35900; } .hljs-title { color: var(--link); }
@media (prefers-color-scheme: dark) { .hljs-keyword, .hljs-built_in { color: #d59bf6; } .hljs-string { color: #9ccc9c; } .hljs-number { color: #e6b07a; } }
`;

/** Writes the site of the notebooks in a folder; default: the committed ones. Returns the path of its first page. */
export function writeSite(from = join(root, "notebooks")): string {
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
  writeFileSync(join(folder, "style.css"), style);
  const names = notebookNames(".ipynb");
  const notebooks = names.map((name) => ({
    name,
    notebook: readNotebook(join(from, `${name}.ipynb`)),
  }));
  notebooks.forEach(({ name, notebook }, i) => {
    const link = (at: number, arrow: (title: string) => string) =>
      notebooks[at]
        ? `<a href="${names[at]}.html">${arrow(escapeHtml(titleOf(notebooks[at].notebook)))}</a>`
        : "<span></span>";
    const nav = `<nav>${link(i - 1, (title) => `← ${title}`)}<a href="index.html">all</a>${link(i + 1, (title) => `${title} →`)}</nav>`;
    writeFileSync(
      join(folder, `${name}.html`),
      page(titleOf(notebook), `${nav}\n${notebook.cells.map(cellHtml).join("\n")}\n${nav}`),
    );
  });
  const entries = notebooks.map(
    ({ name, notebook }) =>
      `<h2><a href="${name}.html">${escapeHtml(titleOf(notebook))}</a></h2>\n${markdown(summaryOf(notebook))}`,
  );
  const about = markdown(
    "# Gated recurrent networks, reproduced\n\n*Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling* ([Chung, Gulcehre, Cho, Bengio 2014](https://arxiv.org/abs/1412.3555)), step by step, as notebooks in TypeScript. These pages show them as they were run; in JupyterLab every cell can be changed and run again.",
  );
  writeFileSync(
    join(folder, "index.html"),
    page("Gated recurrent networks, reproduced", `${about}\n${entries.join("\n")}`),
  );
  return join(folder, "index.html");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`open ${writeSite(process.argv[2])}`);
