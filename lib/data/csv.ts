import { CsvError, parse } from "csv-parse/sync";
import { GatedRnnError } from "../errors.js";

/** A file of columns under a line of names. */
export interface CsvTable {
  readonly file: string;
  readonly columns: readonly string[];
  /** [rows][columns] cells as they stand, without space around them. */
  readonly rows: readonly (readonly string[])[];
  /** [rows] each row's line in the file, from 1. */
  readonly lines: readonly number[];
}

/** More than any table that fits memory with all that is made of it. */
const mostBytes = 512 * 2 ** 20;

/**
 * Reads comma-separated values (RFC 4180; also by semicolons or tabs, whichever the first line has
 * most of) in UTF-8, with or without a byte order mark.
 *
 * @throws GatedRnnError `bad-file`, naming file and line, for what is none, has rows of another
 * length, or no names in its first line
 */
export function readCsv(bytes: Uint8Array, file: string): CsvTable {
  const text = decodeText(bytes, file);
  const delimiter = delimiterOf(text);
  const records: (readonly [readonly string[], number])[] = [];
  try {
    parse(text, {
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      on_record: (record: string[], { lines }) => {
        records.push([record, lines]);
        return null; // kept above, with its line
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw bad(file, `expected comma-separated values, got: ${error.message}`);
  }
  const [[columns, first] = [[], 1], ...rows] = records;
  if (columns.length === 0) throw bad(file, "expected a line of names and rows, got an empty file");
  const nameless = columns.findIndex((name) => name === "" || isNumber(name));
  if (nameless >= 0)
    throw bad(
      file,
      `line ${first}: expected a name for each column, got ${JSON.stringify(columns[nameless])} for column ${nameless + 1}; begin the file with a line of names`,
    );
  const twin = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twin !== undefined)
    throw bad(file, `line ${first}: expected columns of different names, got ${twin} twice`);
  return {
    file,
    columns,
    rows: rows.map(([cells]) => cells),
    lines: rows.map(([, line]) => line),
  };
}

/** A cell's number; with semicolons between cells, a comma may stand before decimals. */
export function cellNumber(cell: string): number | undefined {
  const text = /^[+-]?\d+,\d+$/.test(cell) ? cell.replace(",", ".") : cell;
  return isNumber(text) ? Number(text) : undefined;
}

const isNumber = (text: string) => text !== "" && Number.isFinite(Number(text));

/** @throws GatedRnnError `bad-file` for what is no UTF-8 */
export function decodeText(bytes: Uint8Array, file: string): string {
  if (bytes.length > mostBytes)
    throw bad(file, `expected at most ${mostBytes} bytes, got ${bytes.length}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad(file, "expected text in UTF-8, got other bytes; save it in UTF-8");
  }
}

function delimiterOf(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (delimiter: string) => line.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

const bad = (file: string, problem: string) => new GatedRnnError("bad-file", `${file}: ${problem}`);
