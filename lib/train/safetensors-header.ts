import { z } from "zod";
import type { BadFileError } from "../errors.js";
import { parseJson } from "../files/json.js";

/** The name in a header that is no tensor's. */
export const metadataName = "__metadata__";

const entry = z.strictObject({
  dtype: z.literal("F32"),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/** A tensor as the header describes it: its bytes are those from the first offset to the second, counted from the header's end. */
export type Entry = z.infer<typeof entry>;

/** Makes the error that is thrown of a problem at a byte. */
export type Bad = (offset: number, problem: string) => BadFileError;

/** What a safetensors header says. */
export function parseHeader(
  bytes: Uint8Array,
  bad: Bad,
): { metadata: Record<string, string>; entries: [string, Entry][] } {
  const wrong = (problem: string) =>
    bad(8, `expected a safetensors header of float32 tensors, got ${problem}`);
  let json: unknown;
  try {
    json = parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw wrong(`no JSON object: ${(error as Error).message}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw wrong("no JSON object");
  const metadata: [string, string][] = [];
  const entries: [string, Entry][] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataName) {
      const texts = z.record(z.string(), z.string()).safeParse(value);
      if (!texts.success) throw wrong("metadata that is no object of texts");
      metadata.push(...Object.entries(value as Record<string, string>));
    } else {
      const checked = entry.safeParse(value);
      if (checked.success) entries.push([name, checked.data]);
      else throw wrong(`${problemOf(checked.error, name)}`);
    }
  }
  return { metadata: Object.fromEntries(metadata), entries };
}

function problemOf(error: z.ZodError, name: string): string {
  const [{ path, message }] = error.issues;
  return `${[name, ...path].join(".")}: ${message}`;
}

/** Tensors lie one behind the other from the first byte to the last, each as long as its shape says. */
export function checkOffsets(entries: readonly [string, Entry][], length: number, bad: Bad): void {
  let end = 0;
  const inOrder = [...entries].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  for (const [name, { shape, data_offsets }] of inOrder) {
    const [from, to] = data_offsets;
    const bytes = 4 * size(shape);
    if (to - from !== bytes || to > length)
      throw bad(
        8,
        `expected ${bytes} bytes of ${name} within the file, got bytes ${from} to ${to} of ${length}`,
      );
    if (from !== end)
      throw bad(
        8,
        `expected ${name} to begin at byte ${end} of the values, got ${from}: ${from < end ? "it overlaps another" : "a gap before it"}`,
      );
    end = to;
  }
  if (end !== length)
    throw bad(8, `expected ${end} bytes of values, got ${length}: ${length - end} belong to none`);
}

/** How many values a shape has. */
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
