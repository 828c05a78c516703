import { createHash } from "node:crypto";

/**
 * Percent format ⇄ notebook. A percent source is TypeScript in which `// %%` begins a code cell and `// %% [markdown]` one of
 * text (every line a comment); `tags=["…"]` may follow. It diffs, is linted and type-checked; the `.ipynb` beside it is what
 * people open. The two turn into one another byte for byte.
 */
export interface Notebook {
  readonly cells: Cell[];
  readonly metadata: Record<string, unknown>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

export type Cell = MarkdownCell | CodeCell;

interface CellBase {
  readonly id: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: string | string[];
}
export interface MarkdownCell extends CellBase {
  readonly cell_type: "markdown";
}
export interface CodeCell extends CellBase {
  readonly cell_type: "code";
  execution_count: number | null;
  outputs: CellOutput[];
}

export type CellOutput =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; text: string | string[] }
  | {
      readonly output_type: "display_data";
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
    }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: string[];
    };

const metadata = {
  kernelspec: { name: "tslab", display_name: "TypeScript (gated-rnn)", language: "typescript" },
  language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
};

/**
 * A percent source as a notebook without outputs.
 * @param name the file's name: makes the cells' ids, which stay the same as long as their order does
 * @throws Error when text stands before the first cell
 */
export function parse(source: string, name: string): Notebook {
  const cells: Cell[] = [];
  for (const part of source.split(/^(?=\/\/ %%)/m)) {
    const head = /^\/\/ %%([^\n]*)\n?/.exec(part);
    if (!head)
      throw new Error(
        `${name}: expected a line "// %%" first, got ${JSON.stringify(part.slice(0, 40))}`,
      );
    const body = part.slice(head[0].length).replace(/^\n+|\s+$/g, "");
    const tags = /tags=(\[.*?\])/.exec(head[1]);
    const id = createHash("sha256").update(`${name} ${cells.length}`).digest("hex").slice(0, 8);
    const base = { id, metadata: tags ? { tags: JSON.parse(tags[1]) as string[] } : {} };
    if (head[1].includes("[markdown]"))
      cells.push({ cell_type: "markdown", ...base, source: lines(body.replace(/^\/\/ ?/gm, "")) });
    else
      cells.push({
        cell_type: "code",
        ...base,
        execution_count: null,
        outputs: [],
        source: lines(body),
      });
  }
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** A notebook as its percent source; outputs are dropped. */
export function print({ cells }: Notebook): string {
  return cells
    .map(({ cell_type, metadata: { tags }, source }) => {
      const mark = tags && tags.length > 0 ? ` tags=${JSON.stringify(tags)}` : "";
      if (cell_type === "code") return `// %%${mark}\n${text(source)}\n`;
      return `// %% [markdown]${mark}\n${text(source).replace(/^/gm, "// ").replace(/ +$/gm, "")}\n`;
    })
    .join("\n");
}

/** What Jupyter writes: JSON with one space of indentation and a line break at the end. */
export function serialise(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** Jupyter keeps texts as lists of lines, each with its line break. */
export function lines(joined: string): string[] {
  return joined === "" ? [] : joined.split(/(?<=\n)/);
}

export function text(source: string | readonly string[]): string {
  return typeof source === "string" ? source : source.join("");
}
