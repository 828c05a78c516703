/**
 * What a terminal, a page or a spreadsheet would obey instead of showing: C0 and C1 controls, delete, line and paragraph
 * separators, and marks that turn the direction of writing.
 */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/**
 * Text of others (names of files, data sets, cells) as it may be shown: control characters are written out, `\u001b` for escape,
 * which in JSON means the same.
 */
export function plain(text: string): string {
  return text.replace(obeyed, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for text of several lines. */
export function plainLines(text: string): string {
  return text.split("\n").map(plain).join("\n");
}
