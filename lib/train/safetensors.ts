import { BadFileError, GatedRnnError } from "../errors.js";
import { sha256 } from "../files/sha256.js";
import { checkOffsets, type Entry, metadataName, parseHeader, size } from "./safetensors-header.js";

/** A float32 tensor: row-major values of the given shape. */
export interface Tensor {
  /** Rows and columns, or however many dimensions it has; row by row in memory. */
  readonly shape: readonly number[];
  /** All numbers, as many as the product of the shape. */
  readonly values: Float32Array;
}

/** A safetensors file's tensors and metadata, by name. */
export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a safetensors file is read. */
export interface DecodeOptions {
  /** What to do about a file that is damaged; told at the end of every error. */
  readonly remedy?: string;
  /** Whether a file must have a checksum; one that is there is always compared. */
  readonly sealed?: boolean;
}

/** Longest header that readers of the format accept, in bytes. */
const longestHeader = 100_000_000;

/** The name in a file's metadata of the sha256 over all else that it says; see `contentChecksum`. */
const checksumName = "gated-rnn/sha256";

/**
 * Tensors in the safetensors format (https://huggingface.co/docs/safetensors): length of the header as a little-endian
 * 64-bit number, the header in JSON, padded by spaces to a multiple of 8 bytes, then all values, little-endian, one tensor after another.
 *
 * @throws GatedRnnError `usage` when a tensor has the name of the metadata, or other than its shape's number of values
 */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array {
  const entries = entriesOf(tensors);
  const json = new TextEncoder().encode(
    JSON.stringify({ [metadataName]: metadata, ...named(entries) }),
  );
  const headerLength = Math.ceil(json.length / 8) * 8;
  const data = 8 + headerLength;
  const end = entries.at(-1)?.[1].data_offsets[1] ?? 0;
  const bytes = new Uint8Array(data + end).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  for (const [name, { data_offsets }] of entries)
    bytes.set(bytesOf(tensors.get(name) as Tensor), data + data_offsets[0]);
  return bytes;
}

/** The same with a checksum over all of it in its metadata. */
export function sealedSafetensors({ tensors, metadata }: SafeTensors): Uint8Array {
  const data = [...tensors.values()].map(bytesOf);
  const checksum = contentChecksum(metadata, entriesOf(tensors), data);
  return encodeSafetensors({ tensors, metadata: { ...metadata, [checksumName]: checksum } });
}

function entriesOf(tensors: SafeTensors["tensors"]): [string, Entry][] {
  let end = 0;
  return [...tensors].map(([name, { shape, values }]) => {
    const start = end;
    end += values.byteLength;
    if (name === metadataName)
      throw new GatedRnnError(
        "usage",
        `safetensors: expected tensors of any other name, got ${name}`,
      );
    if (size(shape) !== values.length)
      throw new GatedRnnError(
        "usage",
        `safetensors: expected ${size(shape)} values of ${name} [${shape.join(", ")}], got ${values.length}`,
      );
    return [name, { dtype: "F32", shape: [...shape], data_offsets: [start, end] }];
  });
}

/**
 * Reads a safetensors file of float32 tensors, whole: names, shapes, offsets and checksum must fit each other and the file's length.
 *
 * @throws BadFileError when it is cut short or damaged, its header is not what the format says, or a tensor is of another type
 */
export function decodeSafetensors(
  contents: Uint8Array,
  file: string,
  { remedy, sealed = false }: DecodeOptions = {},
): SafeTensors {
  const bytes = new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength);
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  const bad = (offset: number, problem: string) =>
    new BadFileError(file, offset, remedy === undefined ? problem : `${problem}; ${remedy}`);
  if (bytes.length < 8) throw bad(0, `expected a safetensors file, got only ${bytes.length} bytes`);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(longestHeader, bytes.length - 8))
    throw bad(
      0,
      `expected a safetensors header that fits in the file of ${bytes.length} bytes, got one of ${headerLength} bytes`,
    );
  const data = bytes.subarray(8 + headerLength);
  const { metadata: all, entries } = parseHeader(bytes.subarray(8, 8 + headerLength), bad);
  checkOffsets(entries, data.length, bad);
  const { [checksumName]: checksum, ...metadata } = all;
  if (checksum === undefined && sealed)
    throw bad(8, `expected a checksum in the metadata ("${checksumName}"), got none`);
  const actual = checksum === undefined ? undefined : contentChecksum(metadata, entries, [data]);
  if (checksum !== actual)
    throw bad(
      8,
      `expected content of checksum ${checksum?.slice(0, 8)}, got ${actual?.slice(0, 8)}: it was damaged`,
    );
  const tensors = entries.map(([name, { shape, data_offsets }]): [string, Tensor] => {
    const values = new Uint8Array(data.subarray(...data_offsets)); // a copy, which begins where floats may
    return [name, { shape, values: new Float32Array(values.buffer) }];
  });
  return { tensors: new Map(tensors), metadata };
}

/**
 * sha256, in hexadecimal, over the JSON of [metadata by name, (name, shape, from, to) of the tensors by name] and then the bytes of
 * the values.
 */
function contentChecksum(
  metadata: SafeTensors["metadata"],
  entries: readonly [string, Entry][],
  data: readonly Uint8Array[],
): string {
  const byName = ([a]: readonly unknown[], [b]: readonly unknown[]) =>
    String(a) < String(b) ? -1 : 1;
  const about = entries.map(([name, { shape, data_offsets }]) => [name, shape, ...data_offsets]);
  const hash = sha256();
  hash.update(JSON.stringify([Object.entries(metadata).sort(byName), about.sort(byName)]));
  for (const bytes of data) hash.update(bytes);
  return hash.hex();
}

/** Little-endian, like every machine that Node runs on today. */
const bytesOf = ({ values }: Tensor) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

const named = (entries: [string, Entry][]) => Object.fromEntries(entries);
