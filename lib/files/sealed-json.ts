import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { GatedRnnError } from "../errors.js";
import { parseJson } from "./json.js";

/**
 * sha256, in hexadecimal, over what a JSON document says: its JSON without white space, the names of each object in the order of
 * their code units. How the document is laid out and in which order its fields come makes no difference.
 */
export function contentChecksum(value: unknown): string {
  const text = JSON.stringify(value, (_, v: unknown) =>
    typeof v === "object" && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
  return createHash("sha256").update(text).digest("hex");
}

/** A document with the field `checksum`, which is `contentChecksum` of all its others. */
export function sealed<Document extends object>(
  document: Document,
): Document & { readonly checksum: string } {
  const { checksum: _, ...content } = document as Document & { checksum?: unknown };
  return { ...document, checksum: contentChecksum(content) };
}

/** What a document should be, and what to do about one that is damaged: for messages. */
export interface Expectation {
  readonly expected: string;
  readonly remedy: string;
}

/**
 * Reads what was written with `sealed`, without its checksum. A document that has none is taken as it is: of before there were
 * any, or of another's making.
 *
 * @throws GatedRnnError `record` when it cannot be read, is not as its schema says, or its checksum is another
 */
export function readSealed<Content>(
  file: string,
  schema: z.ZodType<Content>,
  { expected, remedy }: Expectation,
): Content {
  const bad = (got: string, cause?: unknown) =>
    new GatedRnnError("record", `${file}: expected ${expected}, got ${got}; ${remedy}`, { cause });
  const checked = schema.safeParse(contentOf(textOf(file, bad), bad));
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  throw bad(`no valid "${path.join(".")}" (${message})`);
}

type Bad = (got: string, cause?: unknown) => GatedRnnError;

function textOf(file: string, bad: Bad): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw bad((error as Error).message, error);
  }
}

function contentOf(text: string, bad: Bad): object {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw bad(`no JSON (${(error as Error).message})`, error);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw bad("no JSON object");
  const { checksum, ...content } = document as Record<string, unknown>;
  if (checksum === undefined) return content;
  const actual = contentChecksum(content);
  if (checksum === actual) return content;
  throw bad(
    `content of checksum ${actual.slice(0, 8)} where it says ${String(checksum).slice(0, 8)}: it was damaged, or changed by hand`,
  );
}
