/**
 * What a pickle says about NumPy's numbers, as plain data. Only the two names that a scalar needs are known; nothing is
 * imported or called.
 */
export class NumpyName {
  constructor(readonly name: "dtype" | "scalar") {}
}

/** A NumPy number type, such as that of 8-byte whole numbers in little-endian order. */
export class NumpyType {
  littleEndian = true;
  constructor(
    readonly bytes: number,
    readonly read: ReadNumber,
  ) {}
}

type ReadNumber = (view: DataView, littleEndian: boolean) => number | bigint | boolean;

/** By NumPy's code: bool, signed, unsigned and floating, with the number of bytes. */
const readers = new Map<string, ReadNumber>([
  ["b1", (view) => view.getUint8(0) !== 0],
  ["i1", (view) => view.getInt8(0)],
  ["i2", (view, little) => view.getInt16(0, little)],
  ["i4", (view, little) => view.getInt32(0, little)],
  ["i8", (view, little) => narrow(view.getBigInt64(0, little))],
  ["u1", (view) => view.getUint8(0)],
  ["u2", (view, little) => view.getUint16(0, little)],
  ["u4", (view, little) => view.getUint32(0, little)],
  ["u8", (view, little) => narrow(view.getBigUint64(0, little))],
  ["f4", (view, little) => view.getFloat32(0, little)],
  ["f8", (view, little) => view.getFloat64(0, little)],
]);

/** A whole number as a number where that is exact. */
export function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value;
}

const names = new Map<string, NumpyName>([
  ["numpy dtype", new NumpyName("dtype")],
  ["numpy.core.multiarray scalar", new NumpyName("scalar")],
  ["numpy._core.multiarray scalar", new NumpyName("scalar")], // since NumPy 2
]);

/** The inert stand-in for a global, or undefined when it is not one of those that NumPy's scalars need. */
export function numpyName(module: string, name: string): NumpyName | undefined {
  return names.get(`${module} ${name}`);
}

/** `numpy.dtype(code, …)` such as `dtype("i8", 0, 1)`; undefined when the code is not that of a plain number. */
export function numpyType(code: unknown): NumpyType | undefined {
  if (typeof code !== "string") return undefined;
  const ordered = /^[<>=|]/.test(code);
  const plain = ordered ? code.slice(1) : code;
  const read = readers.get(plain);
  if (read === undefined) return undefined;
  const type = new NumpyType(Number(plain[1]), read);
  type.littleEndian = code[0] !== ">";
  return type;
}

/** A dtype's state `(version, byte order, …)`. @returns whether it was one */
export function setByteOrder(type: NumpyType, state: unknown): boolean {
  const order: unknown = Array.isArray(state) ? state[1] : undefined;
  if (order !== "<" && order !== ">" && order !== "|" && order !== "=") return false;
  type.littleEndian = order !== ">";
  return true;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The number in a scalar's bytes; undefined when they are not as many as its type has. Whole numbers past 2⁵³ are bigint. */
export function numpyScalar(
  type: NumpyType,
  content: unknown,
): number | bigint | boolean | undefined {
  if (typeof content === "string") {
    if (content.length !== type.bytes) return undefined;
    for (let i = 0; i < content.length; i++) scratch.setUint8(i, content.charCodeAt(i));
  } else {
    if (!(content instanceof Uint8Array) || content.length !== type.bytes) return undefined;
    for (let i = 0; i < content.length; i++) scratch.setUint8(i, content[i]);
  }
  return type.read(scratch, type.littleEndian);
}
