import { narrowChart, toPng, type VegaLiteSpec } from "gated-rnn/show";
import hljs from "highlight.js";
import katex from "katex";
import { Marked } from "marked";
import markedKatex from "marked-katex-extension";
import { type Cell, type CellOutput, type Notebook, text } from "../format.mts";

/** Headings of one page: anchors must differ. */
export interface Heading {
  readonly id: string;
  readonly title: string;
}

export const escapeHtml = (source: string) =>
  source
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const highlighted = (source: string, language: string) => {
  const html = hljs.getLanguage(language)
    ? hljs.highlight(source, { language }).value
    : escapeHtml(source);
  return html.replace(/(?<![\w-])--\w[\w-]*/g, '<span class="word">$&</span>');
};

const marked = new Marked(markedKatex({ throwOnError: true, nonStandard: true }), {
  renderer: {
    code: ({ text, lang }) => `<pre class="code">${highlighted(text, lang ?? "")}</pre>`,
  },
});

/** Something that may be wider than the page: it scrolls by itself, with the keyboard too. */
const scrolling = (label: string, html: string) =>
  `<div class="scroll" role="group" aria-label="${escapeHtml(label)}" tabindex="0">${html}</div>`;

/** An equation on lines of its own, which may be wider than a phone. */
const displayed = '<span class="katex-display" role="group" aria-label="equation" tabindex="0">';

/** A link of a notebook or a document where it leads in the site; what the site has not is text. */
function linked(all: string, href: string, words: string): string {
  if (/\.html(#.*)?$/.test(href) || href.startsWith("#")) return all;
  const [, notebook] = /(?:^|\/)(\d\d-[\w-]+)\.ipynb$/.exec(href) ?? [];
  if (notebook) return `<a href="${notebook}.html">${words}</a>`;
  const [, document, part = ""] = /(?:^|\/)docs\/([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  return document ? `<a href="docs-${document}.html${part}">${words}</a>` : words;
}

/** A notebook's text as HTML; links to notebooks become links to their pages, headings get anchors. */
export function markdown(source: string, headings: Heading[] = []): string {
  const html = (marked.parse(source, { async: false }) as string)
    .replace(/<a href="([^":]*)">([\s\S]*?)<\/a>/g, linked)
    .replaceAll("<th></th>", "<td></td>") // a head without words is no head
    .replaceAll('<span class="katex-display">', displayed)
    .replace(/<table>[\s\S]*?<\/table>/g, (table) => scrolling("table", table));
  return html.replace(/<h2>([\s\S]*?)<\/h2>/g, (_, inner: string) => {
    const title = inner.replace(/<[^>]*>/g, "");
    const slug =
      title
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "") || "part";
    const same = headings.filter(({ id }) => id === slug || id.startsWith(`${slug}-`)).length;
    const id = same === 0 ? slug : `${slug}-${same + 1}`;
    headings.push({ id, title });
    return `<h2 id="${id}">${inner}<a class="anchor" href="#${id}" aria-label="link to this part">#</a></h2>`;
  });
}

export async function cellHtml(cell: Cell, headings: Heading[]): Promise<string> {
  const source = text(cell.source);
  if (cell.cell_type === "markdown")
    return `<section class="text">${markdown(source, headings)}</section>`;
  const outputs = await Promise.all(cell.outputs.map(outputHtml));
  return `<section class="cell"><pre class="code">${highlighted(source, "typescript")}</pre>\n<div class="outputs">${outputs.join("\n")}</div></section>`;
}

/** The form of an output that a page shows best. */
async function outputHtml(output: CellOutput): Promise<string> {
  if (output.output_type === "stream")
    return `<pre class="stream">${escapeHtml(text(output.text))}</pre>`;
  if (output.output_type === "error")
    return `<pre class="stream">${escapeHtml(output.evalue)}</pre>`;
  const { data } = output;
  const form = (type: string) =>
    data[type] === undefined ? undefined : text(data[type] as string | string[]);
  if (data["image/png"] !== undefined) return figure(output);
  const latex = form("text/latex");
  if (latex)
    return katex
      .renderToString(latex.replace(/^\$\$\s*|\s*\$\$$/g, ""), {
        displayMode: true,
        throwOnError: true,
      })
      .replace('<span class="katex-display">', displayed);
  const html = form("text/html");
  if (html) return html;
  const prose = form("text/markdown");
  if (prose) return markdown(prose);
  const words = form("text/plain") ?? "";
  const [, sound] = /^\[audio\] (.*)$/s.exec(words) ?? [];
  if (sound) return `<p class="about">${escapeHtml(sound)}: heard where the cell is run.</p>`;
  return `<pre class="stream">${escapeHtml(words)}</pre>`;
}

/** A picture; a chart is drawn a second time for narrow screens, where the wide one cannot be read. */
async function figure({ data, metadata }: Display): Promise<string> {
  const png = text(data["image/png"] as string | string[]).trim();
  const about = (metadata["image/png"] ?? {}) as Picture;
  const alt = escapeHtml(about.alt ?? "");
  const img = `<img src="data:image/png;base64,${png}" width="${about.width}" height="${about.height}" alt="${alt}">`;
  const spec = data["application/vnd.vegalite.v5+json"] as VegaLiteSpec | undefined;
  if (spec === undefined) return scrolling("picture", img);
  const { bytes, width, height } = await toPng(narrowChart(spec));
  const narrow = `data:image/png;base64,${bytes.toString("base64")}`;
  return `<picture><source media="(max-width: 500px)" srcset="${narrow}" width="${width}" height="${height}">${img}</picture>`;
}

type Display = CellOutput & { output_type: "display_data" };
interface Picture {
  readonly width?: number;
  readonly height?: number;
  readonly alt?: string;
}

/** A notebook's face in the index: its first picture, of a training's own curves only where it has no other. */
export function firstPicture({ cells }: Notebook): { src: string; alt: string } | undefined {
  const trains = (cell: Cell) => /\btrain\(/.test(text(cell.source));
  for (const cell of [...cells.filter((c) => !trains(c)), ...cells])
    if (cell.cell_type === "code")
      for (const output of cell.outputs)
        if (output.output_type === "display_data" && output.data["image/png"] !== undefined) {
          const { alt = "" } = (output.metadata["image/png"] ?? {}) as Picture;
          const png = text(output.data["image/png"] as string | string[]).trim();
          return { src: `data:image/png;base64,${png}`, alt };
        }
  return undefined;
}
