// Slides made from the committed notebooks, that open from disk: npm run slides → build/slides/index.html
// A part of a notebook is a column of slides: its heading with the first sentence of each paragraph, then a slide for each
// figure, table and player, and for each reveal. The full text stands in the speaker's notes (key S). Names choose notebooks.
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cell, type Notebook, text } from "../format.mts";
import { root } from "../jupyter.mts";
import { notebookFile, notebookNames, readNotebook } from "../notebooks.mts";
import { cellHtml, escapeHtml, markdown } from "./cells.mts";
import { titleOf } from "./site.mts";

const folder = join(root, "build", "slides");
const require = createRequire(import.meta.url);

/** What stands in one column: a heading, and the slides below it. */
interface Column {
  heading: string;
  /** Markdown of the part, whole. */
  prose: string;
  readonly slides: string[];
}

/** A notebook's parts: a new one at each heading, and what its cells show. */
async function columnsOf({ cells }: Notebook): Promise<Column[]> {
  const columns: Column[] = [];
  for (const cell of cells) {
    if (cell.cell_type === "markdown") addProse(columns, text(cell.source));
    else columns.at(-1)?.slides.push(...(await shownBy(cell)));
  }
  return columns;
}

function addProse(columns: Column[], source: string): void {
  for (const part of source.split(/^(?=#{1,2} )/m)) {
    const [, heading, rest] = /^#{1,2} ([^\n]*)\n?([\s\S]*)$/.exec(part) ?? [undefined, "", part];
    if (heading) columns.push({ heading, prose: "", slides: [] });
    const column = columns.at(-1);
    if (!column) continue;
    const folded = [
      ...rest.matchAll(/<details>[\s\S]*?<summary>([\s\S]*?)<\/summary>([\s\S]*?)<\/details>/g),
    ];
    for (const [, summary, inside] of folded)
      column.slides.push(`<h3>${summary}</h3>${markdown(inside)}`);
    column.prose += `\n\n${rest.replace(/<details>[\s\S]*?<\/details>/g, "")}`;
  }
}

/** A slide for each output; the code itself where it is an exercise, or shows nothing; no exercise's check. */
async function shownBy(cell: Cell & { cell_type: "code" }): Promise<string[]> {
  const isExercise = cell.metadata.tags?.includes("exercise") ?? false;
  const asCode = async (outputs: typeof cell.outputs) =>
    (await cellHtml({ ...cell, outputs }, []))
      .replaceAll("<section", "<div")
      .replaceAll("</section", "</div");
  if (isExercise || cell.outputs.length === 0) return [await asCode([])];
  if (/^exercises\./m.test(text(cell.source))) return [];
  const slides: string[] = [];
  for (const output of cell.outputs) {
    const html = await asCode([output]);
    slides.push(html.replace(/<pre class="code">[\s\S]*?<\/pre>/, ""));
  }
  return slides;
}

/** What an audience reads: lists, tables and equations whole, and the first sentence of every paragraph. */
function shortened(prose: string): string {
  return prose
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      if (/^(\s*([-*] |\d+\. |\||\$\$|```)|!)/.test(block)) return block;
      const line = block.replace(/\s+/g, " ").trim();
      return /^.*?[.!?:](?=\s+[A-Z“"*`[]|$)/.exec(line)?.[0] ?? line;
    })
    .join("\n\n");
}

function slide(html: string, notes = ""): string {
  const aside = notes.trim() === "" ? "" : `<aside class="notes">${markdown(notes)}</aside>`;
  return `<section><div class="slide">${html}</div>${aside}</section>`;
}

const style = `
.reveal { font-size: 26px; } .reveal h1, .reveal h2, .reveal h3 { text-transform: none; }
.reveal .slide { text-align: left; max-height: 680px; padding-bottom: 8px; overflow-y: auto; }
.reveal h1 { font-size: 1.9em; } .reveal h2 { font-size: 1.4em; } .reveal h3 { font-size: 1.1em; }
.reveal pre { box-shadow: none; box-sizing: border-box; width: 100%; font-size: 0.62em; white-space: pre-wrap; background: #f6f6f8; padding: 0.6em; }
.reveal img { max-height: 560px; width: auto; margin: 0; }
.reveal table { font-size: 0.52em; } .reveal table :is(th, td) { padding: 0.12em 0.6em; line-height: 1.2; }
.reveal .outputs:has(figure) { columns: 3 20rem; } .reveal figure { break-inside: avoid; }
.reveal .outputs > p { font-size: 0.75em; margin: 0.3em 0; } .reveal .scroll { overflow-x: auto; }
.reveal a.anchor { display: none; }
`;

/** In the page: what is higher than the projector is drawn smaller, as long tables are. */
const fit = `
const fit = () => {
  const slide = Reveal.getCurrentSlide()?.querySelector(".slide");
  if (!slide) return;
  for (const part of slide.children) part.style.zoom = "";
  const share = slide.clientHeight / slide.scrollHeight;
  if (share < 1) for (const part of slide.children) part.style.zoom = Math.max(0.6, 0.97 * share);
};
Reveal.on("ready", fit);
Reveal.on("slidechanged", fit);
`;

async function deck(name: string): Promise<string> {
  const notebook = readNotebook(notebookFile(name));
  const columns = (await columnsOf(notebook)).map(({ heading, prose, slides }, k) => {
    const level = k === 0 ? "h1" : "h2";
    const first = slide(
      `<${level}>${markdown(heading).replace(/<\/?p>/g, "")}</${level}>${markdown(shortened(prose))}`,
      prose,
    );
    return `<section>${[first, ...slides.map((html) => slide(html))].join("\n")}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(titleOf(notebook))}</title>
<link rel="stylesheet" href="reveal/reset.css">
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="reveal/theme/white.css">
<link rel="stylesheet" href="katex/katex.min.css">
<style>${style}</style>
</head>
<body>
<div class="reveal"><div class="slides">
${columns.join("\n")}
</div></div>
<script src="reveal/reveal.js"></script>
<script src="reveal/notes.js"></script>
<script>${fit}Reveal.initialize({ hash: true, width: 1180, height: 720, margin: 0.04, plugins: [RevealNotes] });</script>
</body>
</html>
`;
}

/** Writes a deck for each notebook and a list of them. Returns the path of the list. */
export async function writeSlides(wanted: readonly string[]): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "reveal"), { recursive: true });
  const dist = dirname(require.resolve("reveal.js/reveal.css"));
  for (const file of ["reset.css", "reveal.css", "reveal.js", "theme"])
    cpSync(join(dist, file), join(folder, "reveal", file), { recursive: true });
  copyFileSync(join(dist, "plugin", "notes.js"), join(folder, "reveal", "notes.js"));
  const katex = dirname(require.resolve("katex/dist/katex.min.css"));
  cpSync(katex, join(folder, "katex"), {
    recursive: true,
    filter: (file) => !/\.m?js$/.test(file),
  });
  const names = notebookNames(".ipynb").filter(
    (name) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)),
  );
  for (const name of names) writeFileSync(join(folder, `${name}.html`), await deck(name));
  const list = names.map(
    (name) =>
      `<li><a href="${name}.html">${escapeHtml(titleOf(readNotebook(notebookFile(name))))}</a></li>`,
  );
  const index = join(folder, "index.html");
  writeFileSync(
    index,
    `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Slides</title><h1>Slides</h1><ol>${list.join("\n")}</ol></html>\n`,
  );
  return index;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`open ${await writeSlides(process.argv.slice(2))}`);
