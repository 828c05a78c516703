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
interface Expectation {
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
  const { checksum, ...content } = documentOf(textOf(file, bad), bad);
  const checked = schema.safeParse(content);
  if (!checked.success) {
    const [{ path, message }] = checked.error.issues;
    throw bad(`no valid "${path.join(".")}" (${message})`, checked.error);
  }
  const actual = checksum === undefined ? undefined : checksumOf(content, bad);
  if (checksum === actual) return checked.data;
  throw bad(
    `content of checksum ${actual?.slice(0, 8)} where it says ${String(checksum).slice(0, 8)}: it was damaged, or changed by hand`,
  );
}

type Bad = (got: string, cause?: unknown) => GatedRnnError;

function textOf(file: string, bad: Bad): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw bad((error as Error).message, error);
  }
}

/** What nests too deep for its JSON to be written was never written here. */
function checksumOf(content: object, bad: Bad): string {
  try {
    return contentChecksum(content);
  } catch (error) {
    throw bad((error as Error).message, error);
  }
}

function documentOf(text: string, bad: Bad): Record<string, unknown> {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw bad(`no JSON (${(error as Error).message})`, error);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw bad("no JSON object");
  return document as Record<string, unknown>;
}
