import fc from "fast-check";
import { expect, it } from "vitest";
import { BadFileError } from "../../lib/errors.js";

type Read = (bytes: Uint8Array, file: string) => unknown;

/** What a reader makes of bytes: a value, or the one kind of error it may throw, which names the file and a place in it. */
export function outcome(read: Read, bytes: Uint8Array): "value" | "bad file" {
  try {
    read(bytes, "x");
    return "value";
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    expect(error).toMatchObject({ code: "bad-file", file: "x" });
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
    expect(error.message.length).toBeLessThan(400);
    return "bad file";
  }
}

/** Tests that a reader survives damage to a file which it reads when whole, and which ends where it has to. */
export function survivesDamage(file: Buffer, read: Read): void {
  it("is read whole, and refused with the place when it is cut off at any byte", () => {
    expect(outcome(read, file)).toBe("value");
    for (let length = 0; length < file.length; length++)
      expect(outcome(read, file.subarray(0, length)), `${length} bytes`).toBe("bad file");
  });

  it("gives music or a typed error whichever single bit is flipped", () => {
    const outcomes = { value: 0, "bad file": 0 };
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const flipped = Uint8Array.from(file);
      flipped[bit >>> 3] ^= 1 << (bit & 7);
      outcomes[outcome(read, flipped)]++;
    }
    expect(outcomes["bad file"]).toBeGreaterThan(file.length);
  });

  it("gives music or a typed error when bytes are changed, cut out and put in", () => {
    const edit = fc.record({
      at: fc.nat(file.length),
      cut: fc.nat(8),
      put: fc.uint8Array({ maxLength: 8 }),
    });
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let bytes: Buffer = file;
      for (const { at, cut, put } of edits)
        bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
      outcome(read, bytes);
    });
    fc.assert(property, { seed: 1412, numRuns: 2000 });
  });
}
