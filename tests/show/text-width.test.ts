import { describe, expect, it } from "vitest";
import { textWidth } from "../../lib/show/text-width.js";

describe("the width of a text", () => {
  it("is the sum of what the font gives each letter", () => {
    // Open Sans: an H of 1,511 units of 2,048 to the letters' height
    const width = (letters: number) => textWidth({ fontSize: 20 }, "H".repeat(letters));
    expect(width(30) - width(10)).toBeCloseTo((20 * 20 * 1511) / 2048, 0);
  });

  it("grows with the letters, and where they are bold", () => {
    const of = (mark: object) => textWidth(mark, "nats per step");
    expect(of({ fontSize: 22 })).toBeCloseTo(2 * of({ fontSize: 11 }), 6);
    expect(of({ fontWeight: 600 })).toBeGreaterThan(1.02 * of({}));
    expect(of({ fontWeight: "bold" })).toBe(of({ fontWeight: 600 }));
  });

  it("is never above a mark's limit, and 0 for nothing", () => {
    expect(textWidth({ limit: 30 }, "nats per step")).toBe(30);
    for (const nothing of ["", " ", null, undefined]) expect(textWidth({}, nothing)).toBe(0);
  });

  it("is known of letters that mean something in SVG", () => {
    expect(textWidth({}, "a < b & c")).toBeGreaterThan(textWidth({}, "a b c"));
  });
});
