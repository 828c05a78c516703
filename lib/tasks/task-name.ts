import { GatedRnnError } from "../errors.js";

/** A name that can stand in the name of a file: other characters become dashes. */
export function taskName(text: string): string {
  const name = text.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-");
  return name.replace(/^[.-]+|-+$/g, "").slice(0, 80) || "own";
}

/** @throws GatedRnnError `usage` for a name that cannot stand in the name of a file */
export function checkTaskName(name: string): string {
  if (name === taskName(name)) return name;
  throw new GatedRnnError(
    "usage",
    `task: expected a name of letters, digits, dots, dashes and underlines, got ${JSON.stringify(name)}; say ${taskName(name)}, and the rest by \`title\``,
  );
}
