import { BadFileError } from "../errors.js";
import type { Tensor } from "./safetensors.js";

/**
 * Refuses tensors with NaN or infinity: no training has left them.
 *
 * @throws BadFileError naming the first tensor and index
 */
export function checkFinite(
  tensors: ReadonlyMap<string, Tensor>,
  file: string,
  remedy: string,
): void {
  for (const [name, { shape, values }] of tensors) {
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) continue;
    const place = shape.length > 1 ? ` (${placeOf(index, shape).join(", ")})` : "";
    throw new BadFileError(
      file,
      8,
      `expected finite numbers, got ${values[index]} in ${name} at index ${index}${place}; ${remedy}`,
    );
  }
}

function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (const length of [...shape].reverse()) {
    place.unshift(index % length);
    index = Math.floor(index / length);
  }
  return place;
}
