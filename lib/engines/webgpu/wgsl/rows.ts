import type { operations } from "../../../compile/ops.js";
import type { Program } from "../../../compile/program.js";
import { isRowOp } from "../../../compile/row-ops.js";
import type { RowPlace, RowProgram, RowStep } from "../../../compile/row-program.js";
import { lanes } from "./reductions.js";
import { expression, number, ofOne } from "./values.js";

const sizeOf = ({ shape: [rows, columns] }: RowPlace) => rows * columns;

/** A number of a place; index in WGSL. */
const at = ({ offset }: RowPlace, index: string) => `work[v + ${offset}u + ${index}]`;

/** The lanes of a row share indices 0 … size − 1. */
const each = (size: number, body: string) =>
  `for (var j = lane; j < ${size}u; j += ${lanes}u) { ${body} }`;

const store = (to: RowPlace, index: string, value: string) =>
  `if (inside) { ${at(to, index)} = ${value}; }`;

/** One sum or maximum over a list, made by all lanes of the row together. */
const gathered = (
  from: RowPlace,
  name: string,
  first: string,
  add: (x: string) => string,
  reduce: string,
) => `
    var part_${name} = ${first};
    ${each(sizeOf(from), `part_${name} = ${add(at(from, "j"))};`)}
    let ${name} = ${reduce}(lid, part_${name});`;

function rowStep({ op, to, inputs, constant, first }: RowStep): string {
  const [a] = inputs;
  const size = sizeOf(to);
  if (!isRowOp(op)) {
    const read = inputs.map((input) => at(input, "j"));
    const value = expression(op as keyof typeof operations, ofOne, read, number(constant));
    return each(size, store(to, "j", value));
  }
  const [rows, columns] = a.shape;
  const isList = rows === 1;
  const serial = (begin: string, body: string, end: string) =>
    each(rows, `${begin} for (var k = 0u; k < ${columns}u; k++) { ${body} } ${end}`);
  const element = at(a, `j * ${columns}u + k`);
  const top = isList
    ? gathered(a, "top", "-3.0e38", (x) => `larger(part_top, ${x})`, "mostOf")
    : "";
  const total = gathered(a, "total", "0.0", (x) => `part_total + expOf(${x} - top)`, "sumOf");
  const tops = `var top = -3.0e38; for (var k = 0u; k < ${columns}u; k++) { top = larger(top, ${element}); } var total = 0.0;`;
  switch (op) {
    case "part":
      return "";
    case "over": {
      const row = rows === 1 ? "0u" : `(j / ${to.shape[1]}u) * ${columns}u`;
      const column = columns === 1 ? "0u" : `j % ${to.shape[1]}u`;
      return each(size, store(to, "j", at(a, `${row} + ${column}`)));
    }
    case "sum":
      return isList
        ? `${gathered(a, "total", "0.0", (x) => `part_total + ${x}`, "sumOf")}
    if (lane == 0u) { ${store(to, "0u", "total")} }`
        : serial("var total = 0.0;", `total += ${element};`, store(to, "j", "total"));
    case "sumRows":
      return each(
        columns,
        `var total = 0.0; for (var k = 0u; k < ${rows}u; k++) { total += ${at(a, `k * ${columns}u + j`)}; } ${store(to, "j", "total")}`,
      );
    case "before":
      return each(
        columns,
        `var total = 0.0; for (var k = 0u; k < ${rows}u; k++) { ${store(to, `k * ${columns}u + j`, "total")} total += ${at(a, `k * ${columns}u + j`)}; }`,
      );
    case "after":
      return each(
        columns,
        `var total = 0.0; for (var i = ${rows}u; i > 0u; i--) { let k = i - 1u; ${store(to, `k * ${columns}u + j`, "total")} total += ${at(a, `k * ${columns}u + j`)}; }`,
      );
    case "logSumExp":
      return isList
        ? `${top}${total}
    if (lane == 0u) { ${store(to, "0u", "top + logOf(total)")} }`
        : serial(tops, `total += expOf(${element} - top);`, store(to, "j", "top + logOf(total)"));
    case "softmax":
      return isList
        ? `${top}${total}
    ${each(size, store(to, "j", `expOf(${at(a, "j")} - top) / total`))}`
        : serial(
            tops,
            `total += expOf(${element} - top);`,
            `for (var k = 0u; k < ${columns}u; k++) { ${store(to, `j * ${columns}u + k`, `expOf(${element} - top) / total`)} }`,
          );
    case "at":
      return `if (lane == 0u) {
      var total = 0.0;
      for (var c = first; c < last; c++) { total += ${at(a, "batch[target_ + c]")}; }
      ${store(to, "0u", "total")}
    }`;
    case "insert":
      return each(
        size,
        `var value = 0.0; if (j >= ${first}u && j < ${first + sizeOf(a)}u) { value = ${at(a, `j - ${first}u`)}; } ${store(to, "j", "value")}`,
      );
    case "spread":
      return `${each(size, store(to, "j", "0.0"))}
    storageBarrier();
    if (lane == 0u && inside) { for (var c = first; c < last; c++) { ${at(to, "batch[target_ + c]")} = ${at(a, "0u")}; } }`;
  }
}

/**
 * An output's equations for one row, carried out one by one by the lanes that share it; values lie in `work`, at v. Sets nll and
 * leaves the gradient, divided as the loss says, in place of the readout y.
 */
export function equationsRow(
  program: RowProgram,
  parameters: Program["outputParameters"],
  target: { readonly kind: "sparse" | "dense"; readonly size: number },
): string {
  const { steps, readout, target: targetPlace, nll, slope, floats } = program;
  const given =
    targetPlace === undefined
      ? ""
      : target.kind === "dense"
        ? each(
            target.size,
            store(targetPlace, "j", `bitcast<f32>(batch[target_ + row * ${target.size}u + j])`),
          )
        : `${each(target.size, store(targetPlace, "j", "0.0"))}
  storageBarrier();
  if (lane == 0u && inside) { for (var c = first; c < last; c++) { ${at(targetPlace, "batch[target_ + c]")} = 1.0; } }`;
  const laid = parameters.map(({ offset, rows, columns, value }) => {
    const place = { offset: value, shape: [rows, columns] as const };
    return each(rows * columns, store(place, "j", `weights[w + ${offset}u + j]`));
  });
  const columns =
    target.kind === "dense"
      ? ""
      : "let first = batch[targetOffsets_ + row]; let last = batch[targetOffsets_ + row + 1u];";
  return `
  let v = values_ + row * ${floats}u;
  ${columns}
  ${each(sizeOf(readout), store(readout, "j", "work[y + j]"))}
  ${given}
  ${laid.join("\n  ")}
  storageBarrier();
  ${steps.map((step) => `{ ${rowStep(step)} }\n  storageBarrier();`).join("\n  ")}
  var nll = ${at(nll, "0u")};
  ${each(sizeOf(readout), `if (inside) { work[y + j] = ${at(slope, "j")} * scale; }`)}`;
}
