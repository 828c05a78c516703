import { z } from "zod";
import { BadFileError } from "../errors.js";

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
const header = z
  .object({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(entry);

/**
 * Tensors in the safetensors format (https://huggingface.co/docs/safetensors): length of the header as a little-endian
 * 64-bit number, the header in JSON, padded by spaces to a multiple of 8 bytes, then all values, little-endian, one tensor after another.
 */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array {
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
  const checked = header.safeParse(parse(bytes.toString("utf8", 8, 8 + headerLength)));
  if (!checked.success) {
    const [{ path, message }] = checked.error.issues;
    throw bad(
      8,
      `expected a safetensors header of float32 tensors, got ${path.join(".") || "no JSON object"}: ${message}`,
    );
  }
  const { __metadata__: metadata = {}, ...entries } = checked.data;
  const data = 8 + headerLength;
  const tensors = Object.entries(entries as Record<string, z.infer<typeof entry>>).map(
    ([
      name,
      {
        shape,
        data_offsets: [start, end],
      },
    ]) => {
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
    },
  );
  return { tensors: new Map(tensors), metadata };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
