/**
 * A logarithmic axis that fits its data: a domain a little wider than the values, and round tick values that are neither
 * crowded nor missing when the data spans less than a decade (vega's own ticks are one or none there).
 */
export interface Axis {
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Round mantissas, from coarse to fine. */
const ladders = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 7],
  [1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9],
] as const;

/** At least this many ticks, where a ladder has them. */
const enough = 5;

/**
 * @param values finite numbers; none at all gives the axis 1 … 100. Where a value is not positive (the NLL of a density may
 * be negative) no logarithm exists and the axis is linear.
 */
export function fittingLogAxis(values: readonly number[]): Axis {
  if (values.length === 0) return { type: "log", domain: [1, 100], ticks: [1, 3, 10, 30, 100] };
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low <= 0) return linear(low, high, "linear");
  const margin = Math.max(1.02, (high / low) ** 0.04);
  const domain = [low / margin, high * margin] as const;
  for (const ladder of ladders) {
    const ticks = decades(domain).flatMap((decade) => ladder.map((m) => round(m * decade)));
    const inside = ticks.filter((t) => t >= domain[0] && t <= domain[1]);
    if (inside.length >= enough) return { type: "log", domain, ticks: inside };
  }
  return { ...linear(...domain, "log"), domain };
}

function linear(low: number, high: number, type: Axis["type"]): Axis {
  const margin = type === "linear" ? (high - low || 1) * 0.04 : 0;
  const domain = [low - margin, high + margin] as const;
  const rough = (domain[1] - domain[0]) / enough;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10]
      .map((m) => m * decade)
      .filter((s) => s <= rough * 1.0001)
      .at(-1) ?? decade;
  const first = Math.ceil(domain[0] / step);
  const count = Math.floor(domain[1] / step) - first + 1;
  return {
    type,
    domain,
    ticks: Array.from({ length: count }, (_, k) => round((first + k) * step)),
  };
}

function decades([low, high]: readonly [number, number]): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, k) => 10 ** (first + k));
}

/** Without the last digits' noise: 0.30000000000000004 → 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}
