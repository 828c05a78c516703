/** Writes small MATLAB 5 files for the tests, after "MAT-File Format", chapter 1, independently of the reader. */
export class MatWriter {
  constructor(readonly littleEndian = true) {}

  bytes16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  bytes32(...values: number[]): Buffer {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries())
      if (this.littleEndian) bytes.writeInt32LE(value | 0, 4 * i);
      else bytes.writeInt32BE(value | 0, 4 * i);
    return bytes;
  }

  header(version = 0x0100): Buffer {
    const text = Buffer.alloc(124, " ");
    text.write("MATLAB 5.0 MAT-file, hand-made");
    return Buffer.concat([
      text,
      this.bytes16(version),
      Buffer.from(this.littleEndian ? "IM" : "MI"),
    ]);
  }

  /** A data element, padded to 8 bytes. `size` is what it declares, which need not be true. */
  element(type: number, content: Uint8Array, size = content.length): Buffer {
    const padding = type === 15 ? 0 : (8 - (content.length % 8)) % 8;
    return Buffer.concat([this.bytes32(type, size), content, Buffer.alloc(padding)]);
  }

  /** An element of up to four bytes in the place of its tag. */
  small(type: number, content: Uint8Array, size = content.length): Buffer {
    return Buffer.concat([
      this.bytes32(((size << 16) | type) >>> 0),
      content,
      Buffer.alloc(4 - content.length),
    ]);
  }

  /** A matrix of any class: flags, dimensions and name, then the elements of its content. */
  matrix(
    name: string,
    matrixClass: number,
    dimensions: readonly number[],
    ...content: Uint8Array[]
  ): Buffer {
    const head = [
      this.element(6, this.bytes32(matrixClass, 0)),
      this.element(5, this.bytes32(...dimensions)),
      this.element(1, Buffer.from(name)),
    ];
    return this.element(14, Buffer.concat([...head, ...content]));
  }

  /** A double matrix stored as bytes, the way MATLAB stores small whole numbers. `values` are column-major. */
  bytesMatrix(
    name: string,
    rows: number,
    values: readonly number[],
    columns = values.length / rows,
  ): Buffer {
    return this.matrix(name, 6, [rows, columns], this.element(2, Uint8Array.from(values)));
  }

  cells(name: string, ...cells: Uint8Array[]): Buffer {
    return this.matrix(name, 1, [1, cells.length], ...cells);
  }

  /** steps × 88, column c being MIDI note c + 21. */
  roll(steps: readonly (readonly number[])[], name = ""): Buffer {
    const values = Array.from({ length: 88 }, (_, c) =>
      steps.map((notes) => Number(notes.includes(c + 21))),
    ).flat();
    return this.bytesMatrix(name, steps.length, values, 88);
  }
}
