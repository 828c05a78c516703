/**
 * A spreadsheet takes text that begins so for a formula, and carries it out: an apostrophe before it
 * makes it text.
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/** Rows of cells as comma-separated values (RFC 4180). */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join()}\r\n`).join("");
}

function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  return quoted(formula.test(value) ? `'${value}` : value);
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
