// The elementary and special functions of the operations (ops.ts) in double precision.

export const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** ln(1 + eᵛ), which never overflows. */
export const softplus = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));

/** Where Stirling's series are good to the last digits. */
const far = 16;

/** ln Γ(v) for v > 0: by Γ(v + 1) = v Γ(v) up to 16, and Stirling's series there. */
export function logGamma(v: number): number {
  if (!(v > 0)) return v === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  let product = 1;
  for (; v < far; v++) product *= v;
  const r = 1 / (v * v);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / v;
  return (v - 0.5) * Math.log(v) - v + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** The derivative of ln Γ, for v > 0. */
export function digamma(v: number): number {
  if (!(v > 0)) return v === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  let sum = 0;
  for (; v < far; v++) sum += 1 / v;
  const r = 1 / (v * v);
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))));
  return Math.log(v) - 0.5 / v - series - sum;
}
