/** 16 invocations share a row; a workgroup has four of them. */
export const lanes = 16;
export const rowsPerWorkgroup = 4;

/** Sums and maxima over the lanes of a row, through the workgroup's `scratch`. */
export const reductions = `
fn sumOf(lid: u32, value: f32) -> f32 {
  scratch[lid] = value;
  for (var step = ${lanes / 2}u; step > 0u; step = step >> 1u) {
    workgroupBarrier();
    if (lid % ${lanes}u < step) { scratch[lid] += scratch[lid + step]; }
  }
  workgroupBarrier();
  let total = scratch[lid - lid % ${lanes}u];
  workgroupBarrier();
  return total;
}
fn mostOf(lid: u32, value: f32) -> f32 {
  scratch[lid] = value;
  for (var step = ${lanes / 2}u; step > 0u; step = step >> 1u) {
    workgroupBarrier();
    if (lid % ${lanes}u < step) { scratch[lid] = larger(scratch[lid], scratch[lid + step]); }
  }
  workgroupBarrier();
  let most = scratch[lid - lid % ${lanes}u];
  workgroupBarrier();
  return most;
}
fn larger(a: f32, b: f32) -> f32 { return select(select(a, b, b > a), b, notANumber(b)); }
`;
