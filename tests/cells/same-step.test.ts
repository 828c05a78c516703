import { describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { isSameStep } from "../../lib/cells/same-step.js";

describe("two cells", () => {
  it("compute the same step where their equations are the same, in another form and order", () => {
    const other = cell("other", ({ input: x, hidden: h, affine, sigmoid, tanh, ...word }) => {
      const z = sigmoid(affine("z", x, h));
      const r = sigmoid(affine("r", x, h));
      const c = tanh(affine("c", x, word.times(h, r)));
      return { h: word.plus(h, word.times(z, word.minus(c, h))) }; // h + z (c − h)
    });
    expect(isSameStep(gru, other)).toBe(true);
    expect(isSameStep(lstm, lstm)).toBe(true);
  });

  it("do not where one gate is exchanged, or where they have other parameters or states", () => {
    const turned = cell("turned", ({ input: x, hidden: h, affine, sigmoid, tanh, ...word }) => {
      const r = sigmoid(affine("r", x, h));
      const z = sigmoid(affine("z", x, h));
      const c = tanh(affine("c", x, word.times(r, h)));
      return { h: word.plus(word.times(z, h), word.times(word.oneMinus(z), c)) };
    });
    expect(isSameStep(gru, turned)).toBe(false);
    expect(isSameStep(gru, lstm)).toBe(false);
  });
});
