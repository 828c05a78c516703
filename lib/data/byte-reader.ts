import { BadFileError } from "../errors.js";

/** Reads numbers and bytes one after the other; whatever would pass the end is a `BadFileError` that names the place. */
export class ByteReader {
  readonly #view: DataView;
  position = 0;
  /** What is being read, said in front of a problem: a name and a colon, or nothing. */
  about = "";

  /**
   * @param file name for messages
   * @param bytes what is read
   * @param start where `bytes` begin in the file, for messages
   */
  constructor(
    readonly file: string,
    readonly bytes: Uint8Array,
    readonly start = 0,
    public littleEndian = true,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  /** The place in the file that is read next. */
  get offset(): number {
    return this.start + this.position;
  }

  fail(problem: string, offset = this.offset): never {
    throw new BadFileError(this.file, offset, `${this.about}${problem}`);
  }

  need(count: number, what: string): void {
    if (!(count <= this.left))
      this.fail(
        `expected ${what} of ${count} bytes, got ${this.left} bytes to the end; the file is cut off or lies`,
      );
  }

  /** The next `count` bytes, a view. */
  take(count: number, what: string): Uint8Array {
    this.need(count, what);
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  uint8(what: string): number {
    this.need(1, what);
    return this.bytes[this.position++];
  }

  uint16(what: string): number {
    this.need(2, what);
    this.position += 2;
    return this.#view.getUint16(this.position - 2, this.littleEndian);
  }

  uint32(what: string): number {
    this.need(4, what);
    this.position += 4;
    return this.#view.getUint32(this.position - 4, this.littleEndian);
  }

  int32(what: string): number {
    return this.uint32(what) | 0;
  }

  text(count: number, what: string): string {
    return latin1(this.take(count, what));
  }
}

/** A byte a character: what no TextDecoder does, whose "latin1" is Windows' code page. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += longestCall)
    text += String.fromCharCode(...bytes.subarray(i, i + longestCall));
  return text;
}

/** Arguments that a call takes on every engine. */
const longestCall = 8192;
