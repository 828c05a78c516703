// Scores as tables show them: nats with two decimals, over seeds with their standard deviation.

export const meanOf = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

export const nats = (value: number): string => value.toFixed(2);

/** "8.48 ± 0.03": the sample's standard deviation; the value alone where there is one. */
export function withDeviation(values: readonly number[]): string {
  if (values.length === 1) return nats(values[0]);
  const centre = meanOf(values);
  const squares = values.reduce((sum, v) => sum + (v - centre) ** 2, 0);
  return `${nats(centre)} ± ${nats(Math.sqrt(squares / (values.length - 1)))}`;
}
