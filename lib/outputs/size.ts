import { GatedRnnError } from "../errors.js";

/** @throws GatedRnnError `usage` for a size that is not a whole number from 1 on, to `most` */
export function checkSize(
  output: string,
  what: string,
  size: number,
  { most = Number.MAX_SAFE_INTEGER, remedy }: { readonly most?: number; readonly remedy: string },
): number {
  if (Number.isInteger(size) && size >= 1 && size <= most) return size;
  const range = most === Number.MAX_SAFE_INTEGER ? "from 1 on" : `from 1 to ${most}`;
  throw new GatedRnnError(
    "usage",
    `${output}: expected a whole number of ${what} ${range}, got ${String(size)}; ${remedy}`,
  );
}
