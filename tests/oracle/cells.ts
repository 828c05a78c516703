import { cell } from "../../lib/cells/cell.js";

/** Not a sensible cell: every word of the vocabulary once, two states, three products that wait for one another. */
export const everyOp = cell("every-op", (v) => {
  const { input: x, hidden: h, affine, times, plus } = v;
  const m = v.previous("m");
  const gate = v.sigmoid(plus(affine("a", x, h, m), v.peephole("a", m)));
  const bounded = v.softplus(affine("b", times(gate, h)));
  const positive = v.exp(v.negate(v.square(v.tanh(bounded))));
  const ratio = v.divide(
    v.log(plus(positive, v.exp(v.scale(gate, 0.5)))),
    plus(positive, v.oneMinus(v.scale(gate, 0.25))),
  );
  const bent = v.minimum(
    v.maximum(v.absolute(v.minus(gate, 0.4)), v.scale(positive, 0.5)),
    v.logGamma(v.plus(v.sqrt(plus(bounded, 0.1)), 0.2)),
  );
  const memory = v.named(
    "memory",
    v.minus(
      plus(times(gate, m), times(v.tanh(v.product("e", x, m)), v.bias("k"))),
      times(v.relu(affine("d", x, ratio)), v.scale(positive, 0.3), v.oneMinus(gate)),
    ),
  );
  return { h: v.tanh(plus(memory, ratio, v.divide(0.3, v.minus(2, bent)))), m: memory };
});

/** Four states that hand their values on, one to the next: what went in comes back three steps later. */
export const delayLine = cell("delay-line", ({ input: x, hidden: h, previous, affine, tanh }) => ({
  h: tanh(affine("h", x, h, previous("c"))),
  c: previous("b"), // the last one first: handed on before it is overwritten
  b: previous("a"),
  a: h,
}));

/** Minimal gated unit (Zhou et al. 2016), as a user would write it: by a name that the library does not have. */
export const mgu = cell(
  "own-mgu",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const f = sigmoid(affine("f", x, h));
    const c = tanh(affine("c", x, times(f, h)));
    return { h: plus(times(oneMinus(f), h), times(f, c)) };
  },
);
