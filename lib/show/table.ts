import { plain, plainLines } from "../files/plain.js";

/** A table of text, ready to be printed in any of three ways. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells by column; a number column's cells are aligned right. */
  readonly rows: readonly (readonly string[])[];
  /** Lines below the table: what its numbers are and where they come from. */
  readonly notes: readonly string[];
}

/** A column of a table that is shown. */
export interface Column {
  /** A line break in it is one on a terminal and a space elsewhere. */
  readonly title: string;
  readonly align: "left" | "right";
}

/** A table whose texts are shown and not obeyed, whatever is in them; line breaks stay in titles. */
function asShown({ caption, columns, rows, notes }: Table): Table {
  return {
    caption: plain(caption),
    columns: columns.map(({ title, align }) => ({ title: plainLines(title), align })),
    rows: rows.map((cells) => cells.map(plain)),
    notes: notes.map(plain),
  };
}

/** For a terminal: columns padded with spaces, a rule under the head. */
export function tableText(table: Table): string {
  const { caption, columns, rows, notes } = asShown(table);
  const titles = columns.map(({ title }) => title.split("\n"));
  const depth = Math.max(...titles.map((lines) => lines.length));
  const head = Array.from({ length: depth }, (_, i) =>
    titles.map((lines) => lines[i - (depth - lines.length)] ?? ""),
  );
  const widths = columns.map((_, k) => Math.max(...[...head, ...rows].map((row) => row[k].length)));
  const pad = (cell: string, k: number) =>
    columns[k].align === "right" ? cell.padStart(widths[k]) : cell.padEnd(widths[k]);
  const line = (cells: readonly string[]) => cells.map(pad).join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [
    caption,
    "",
    ...head.map(line),
    rule,
    ...rows.map(line),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].join("\n");
}

/** For a notebook: a Markdown table with the caption above and the notes below. */
export function tableMarkdown(table: Table): string {
  const { caption, columns, rows, notes } = asShown(table);
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `| ${columns.map(({ align }) => (align === "right" ? "---:" : "---")).join(" | ")} |`;
  const lines = [line(columns.map((c) => c.title)), rule, ...rows.map(line)].join("\n");
  const below = notes.length > 0 ? [`<small>${notes.map(escapeHtml).join("<br>")}</small>`] : [];
  return [`**${escapeMarkdown(caption)}**`, lines, ...below].join("\n\n");
}

/** For a page: a `<table>` with its caption, and the notes as paragraphs. */
export function tableHtml(table: Table): string {
  const { caption, columns, rows, notes } = asShown(table);
  const cells = (tag: "th" | "td", texts: readonly string[]) =>
    `<tr>${texts.map((text, k) => `<${tag} class="${columns[k].align}">${escapeHtml(text).replaceAll("\n", "<br>")}</${tag}>`).join("")}</tr>`;
  const head = cells(
    "th",
    columns.map((c) => c.title),
  );
  const body = rows.map((row) => cells("td", row)).join("\n");
  const below = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join("\n");
  return `<table>\n<caption>${escapeHtml(caption)}</caption>\n<thead>${head}</thead>\n<tbody>\n${body}\n</tbody>\n</table>\n${below}`;
}

export function escapeHtml(text: string): string {
  return plainLines(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function escapeMarkdown(text: string): string {
  return text
    .replaceAll("\n", " ")
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll("*", "\\*")
    .replaceAll("<", "&lt;");
}
