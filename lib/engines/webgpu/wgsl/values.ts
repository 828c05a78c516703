import { elementwiseOps, operations } from "../../../compile/ops.js";
import type { ElementwiseOp } from "../../../compile/word-names.js";

/** What an invocation computes with: one sequence's float, or those of four sequences. */
export interface Values {
  readonly sequences: 1 | 4;
  readonly type: string;
  readonly suffix: string;
}
export const ofOne: Values = { sequences: 1, type: "f32", suffix: "" };
export const ofFour: Values = { sequences: 4, type: "vec4<f32>", suffix: "4" };

const functions = [
  ...new Set(elementwiseOps.flatMap((op) => operations[op].wgsl.match(/\b\w+Of(?=\()/g) ?? [])),
];

/** The elementary functions on four floats. */
export const byComponent = functions.map(
  (name) =>
    `fn ${name}4(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map((s) => `${name}(x[${s}])`).join(", ")}); }`,
);

/** A float in WGSL, to the last bit. */
export const number = (value: number) =>
  `bitcast<f32>(${new Uint32Array(Float32Array.of(value).buffer)[0]}u)`;

/** WGSL of an operation on values of a type. */
export function expression(
  op: ElementwiseOp,
  { type, suffix }: Values,
  inputs: readonly string[],
  constant = "",
): string {
  const [a = "", b = "", c = ""] = inputs;
  const letters: Readonly<Record<string, string>> = { a, b, c, k: constant, zero: `${type}()` };
  return operations[op].wgsl
    .replace(/\b(\w+Of)(?=\()/g, `$1${suffix}`)
    .replace(/\b(a|b|c|k|zero)\b/g, (letter) => letters[letter]);
}
