/** What an invocation computes with: one sequence's float, or those of four sequences. */
export interface Values {
  readonly sequences: 1 | 4;
  readonly type: string;
  readonly suffix: string;
}
export const ofOne: Values = { sequences: 1, type: "f32", suffix: "" };
export const ofFour: Values = { sequences: 4, type: "vec4<f32>", suffix: "4" };

/** The elementary functions on four floats. */
export const byComponent = ["sigmoidOf", "tanhOf", "expOf", "logOf", "softplusOf"].map(
  (name) => `fn ${name}4(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map((s) => `${name}(x[${s}])`).join(", ")}); }`,
);

/** WGSL of the operations on values of a type: a float, or four sequences' floats. */
export const expressionsOn = ({ type, suffix }: Values): readonly ((a: string, b: string, c: string, extra: string) => string)[] => [
  (a) => `sigmoidOf${suffix}(${a})`,
  (a) => `tanhOf${suffix}(${a})`,
  (a) => `select(${a}, ${type}(), ${a} < ${type}())`,
  (a) => `expOf${suffix}(${a})`,
  (a) => `logOf${suffix}(${a})`,
  (a) => `softplusOf${suffix}(${a})`,
  (a) => `${a} * ${a}`,
  (a) => `-${a}`,
  (a) => `1.0 - ${a}`,
  (a, b) => `${a} + ${b}`,
  (a, b) => `${a} - ${b}`,
  (a, b) => `${a} * ${b}`,
  (a, b) => `${a} / ${b}`,
  (a, b) => `${a} * (${b} - ${b} * ${b})`,
  (a, b) => `${a} - ${a} * (${b} * ${b})`,
  (a, b) => `select(${type}(), ${a}, ${b} > ${type}())`,
  (a, b, c) => `${a} * ${b} + ${c}`,
  (a, _b, _c, factor) => `${a} * ${factor}`,
  (a, _b, _c, weight) => `${a} * ${weight}`,
  (a) => a,
];
