import { plainLines } from "../files/plain.js";

/** One output of a notebook cell, as Jupyter's messages have it: the same thing in several forms, the viewer takes its best. */
export interface Output {
  /** By mime type: text, base64 for pictures, an object for JSON types. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Sends an output to the notebook; with an id given before, replaces the output of that id. */
type Send = (
  output: Required<Output> & { readonly transient: { readonly display_id?: string } },
  update: boolean,
) => void;

let outputs = 0;

/**
 * The way to the cell that runs now; undefined outside a notebook. tslab's public display takes one form at a time, so this
 * is the sender inside it, found among the process's loaded modules.
 */
function sender(): Send | undefined {
  const file = Object.keys(require.cache).find((name) =>
    /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name),
  );
  const exports: { lastWriteDisplayData?: Send | null } | undefined =
    file === undefined ? undefined : require.cache[file]?.exports;
  return exports?.lastWriteDisplayData ?? undefined;
}

/** Whether this process is a notebook's kernel with a cell to show things in. */
export function inNotebook(): boolean {
  return sender() !== undefined;
}

/** Shows one output below the running cell. Outside a notebook its `text/plain` form goes to the console. */
export function send({ data, metadata = {} }: Output): void {
  const write = sender();
  const text = data["text/plain"];
  if (write) write({ data, metadata, transient: {} }, false);
  else if (typeof text === "string") console.log(plainLines(text));
}

/** An output that changes in place, wherever its cell is by then. */
export interface Place {
  show(output: Output): void;
}

/** A place below the running cell; outside a notebook, one that shows nothing. */
export function place(): Place {
  const write = sender();
  const display_id = `gated-rnn-${process.pid}-${++outputs}`;
  let shown = false;
  return {
    show: ({ data, metadata = {} }) => {
      write?.({ data, metadata, transient: { display_id } }, shown);
      shown = true;
    },
  };
}
