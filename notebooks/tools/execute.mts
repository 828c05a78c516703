import { createRequire } from "node:module";
import { type CellOutput, type CodeCell, lines, type Notebook, text } from "./format.mts";

/** What is used of tslab 1.0.22, which publishes no types for it. */
interface DisplayData {
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly transient?: { readonly display_id?: string };
}
interface Reply {
  readonly status: "ok" | "error" | "abort";
  readonly evalue?: string;
}
interface Handler {
  handleExecute(
    request: { readonly code: string; readonly stop_on_error: boolean },
    writeStream: (name: "stdout" | "stderr", text: string) => void,
    writeDisplayData: (data: DisplayData, update: boolean) => void,
  ): Promise<Reply>;
}

/** A cell that failed although it was not tagged raises-exception, or the other way round. */
export interface CellFailure {
  /** From 1, among the code cells. */
  readonly cell: number;
  readonly problem: string;
}

/**
 * Runs a notebook's code cells with the kernel's own handler and repairs, in this process and without Python, and puts
 * their outputs into the notebook. Stops at the first failure. The process's standard output is tslab's afterwards.
 * @param folder where the kernel runs, and from where its imports are found
 */
export async function execute(
  notebook: Notebook,
  folder: string,
): Promise<CellFailure | undefined> {
  process.chdir(folder);
  const handler = openHandler(folder);
  let count = 0;
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    count += 1;
    cell.execution_count = count;
    const failure = await executeCell(handler, cell);
    if (failure !== undefined) return { cell: count, problem: failure };
  }
  return undefined;
}

async function executeCell(handler: Handler, cell: CodeCell): Promise<string | undefined> {
  const outputs: CellOutput[] = [];
  cell.outputs = outputs;
  const places = new Map<string, CellOutput & { output_type: "display_data" }>();
  const writeStream = (name: "stdout" | "stderr", chunk: string) => {
    const last = outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = text(last.text) + chunk;
    else outputs.push({ output_type: "stream", name, text: chunk });
  };
  const writeDisplayData = ({ data, metadata, transient }: DisplayData, update: boolean) => {
    const id = transient?.display_id;
    const shown = update && id !== undefined ? places.get(id) : undefined;
    if (shown) Object.assign(shown, { data, metadata });
    else {
      const output = { output_type: "display_data" as const, data, metadata };
      if (id !== undefined) places.set(id, output);
      outputs.push(output);
    }
  };
  const mayFail = cell.metadata.tags?.includes("raises-exception") ?? false;
  const reply = await handler.handleExecute(
    { code: text(cell.source), stop_on_error: !mayFail },
    writeStream,
    writeDisplayData,
  );
  for (const output of outputs) {
    if (output.output_type === "stream") output.text = lines(text(output.text));
    if (output.output_type === "display_data") output.data = asFile(output.data);
  }
  const failed = reply.status !== "ok";
  if (failed === mayFail) return undefined;
  return failed
    ? (reply.evalue ?? reply.status)
    : "expected an exception, as it is tagged raises-exception, got none";
}

/** As Jupyter writes it: texts as lists of lines, pictures as base64 with a line break at the end, JSON as it is. */
function asFile(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => {
      if (typeof value !== "string") return [type, value];
      return [type, type.startsWith("text/") ? lines(value) : value];
    }),
  );
}

function openHandler(folder: string): Handler {
  const require = createRequire(import.meta.url);
  require("../kernels/tslab/launch.cjs"); // the repairs of the kernel
  const { createConverter } = require("tslab/dist/converter.js");
  const { createExecutor } = require("tslab/dist/executor.js");
  const { JupyterHandlerImpl } = require("tslab/dist/jupyter.js");
  const converter = createConverter({});
  const converters = { node: converter, browser: converter, close: () => converter.close() };
  return new JupyterHandlerImpl(createExecutor(folder, converters, console), false);
}
