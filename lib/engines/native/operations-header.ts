import { elementwiseOps, operations } from "../../compile/ops.js";
import { rowOps } from "../../compile/row-ops.js";
import type { ElementwiseOp } from "../../compile/word-names.js";

const upper = (op: string) => `OP_${op.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** What c/operations.h holds: the table of operations (compile/ops.ts) as loops over vectors. */
export function operationsHeader(): string {
  const names = [...elementwiseOps, "peephole", ...rowOps].map(upper);
  const loop = (op: ElementwiseOp) => {
    const { inputs, c } = operations[op];
    const letters = ["a", "b", "c"].slice(0, inputs);
    const read = letters.map((letter, k) => `${letter} = load(${"xyz"[k]} + i)`).join(", ");
    const constant = /\bk\b/.test(c) ? "const vf k = splat(constant); " : "";
    return `  case ${upper(op)}:
    for (long i = 0; i < n; i += LANES) { ${constant}${read ? `const vf ${read}; ` : ""}store(out + i, ${c}); }
    break;`;
  };
  return `// Written by \`npm run build:job\` from the tables in compile/ops.ts and compile/row-ops.ts: change those, not this.
#ifndef OPERATIONS_H
#define OPERATIONS_H
#include "vector.h"

enum Op { ${names.join(", ")} };

// out = op(x, y, z), element by element, for n floats: whole vectors.
APART void elementwise(int op, float *out, const float *x, const float *y, const float *z, float constant, long n) {
  switch (op) {
${elementwiseOps.map(loop).join("\n")}
  }
}
#endif
`;
}
