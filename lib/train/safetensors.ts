import { z } from "zod";
import { BadFileError, GatedRnnError } from "../errors.js";

/** A float32 tensor: row-major values of the given shape. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header that readers of the format accept, in bytes. */
const longestHeader = 100_000_000;

const entry = z.object({
  dtype: z.literal("F32"),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const words = z.record(z.string(), z.string());
/** The name in a header that is no tensor's. */
const metadataName = "__metadata__";

/**
 * Tensors in the safetensors format (https://huggingface.co/docs/safetensors): length of the header as a little-endian
 * 64-bit number, the header in JSON, padded by spaces to a multiple of 8 bytes, then all values, little-endian, one tensor after another.
 *
 * @throws GatedRnnError `usage` for a tensor that has the name of the metadata
 */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array {
  if (tensors.has(metadataName))
    throw new GatedRnnError(
      "usage",
      `safetensors: expected tensors of any other name, got ${metadataName}`,
    );
  let end = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }];
  });
  const json = Buffer.from(
    JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }),
  );
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + headerLength + end, " ");
  bytes.writeBigUInt64LE(BigInt(headerLength));
  json.copy(bytes, 8);
  let offset = 8 + headerLength;
  for (const { values } of tensors.values())
    for (const value of values) offset = bytes.writeFloatLE(value, offset);
  return bytes;
}

/**
 * Reads a safetensors file of float32 tensors.
 *
 * @throws BadFileError when it is cut short, its header is not what the format says, or a tensor is of another type
 */
export function decodeSafetensors(contents: Uint8Array, file: string): SafeTensors {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  const bad = (offset: number, problem: string) => new BadFileError(file, offset, problem);
  if (bytes.length < 8) throw bad(0, `expected a safetensors file, got only ${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE());
  if (headerLength > Math.min(longestHeader, bytes.length - 8))
    throw bad(
      0,
      `expected a safetensors header that fits in the file of ${bytes.length} bytes, got one of ${headerLength} bytes`,
    );
  const header = parse(bytes.toString("utf8", 8, 8 + headerLength));
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw bad(8, "expected a safetensors header of float32 tensors, got no JSON object");
  const checked = <T>(name: string, schema: z.ZodType<T>, value: unknown): T => {
    const { data, error } = schema.safeParse(value);
    if (!error) return data;
    const [{ path, message }] = error.issues;
    throw bad(
      8,
      `expected a safetensors header of float32 tensors, got ${[name, ...path].join(".")}: ${message}`,
    );
  };
  const own = Object.entries(header); // a tensor's name may be any, "__proto__" too
  const metadata = own
    .filter(([name]) => name === metadataName)
    .map(([name, value]) => checked(name, words, value))[0];
  const data = 8 + headerLength;
  const tensors = own
    .filter(([name]) => name !== metadataName)
    .map(([name, value]) => {
      const {
        shape,
        data_offsets: [start, end],
      } = checked(name, entry, value);
      const count = shape.reduce((a, b) => a * b, 1);
      if (end - start !== 4 * count || data + end > bytes.length)
        throw bad(
          8,
          `expected ${4 * count} bytes of ${name} within the file, got bytes ${start} to ${end} of ${bytes.length - data}`,
        );
      const values = Float32Array.from({ length: count }, (_, i) =>
        bytes.readFloatLE(data + start + 4 * i),
      );
      return [name, { shape, values }] as const;
    });
  return { tensors: new Map(tensors), metadata: metadata ?? {} };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
