import { plain } from "../files/plain.js";
import { thousands } from "../files/thousands.js";
import { decodeSafetensors } from "../train/safetensors.js";

/** What is in a safetensors file of float32 tensors: weights, a checkpoint, or another program's. */
export interface WeightsContents {
  readonly kind: "safetensors";
  readonly bytes: number;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** Smallest and largest of the finite values; null where there are none. */
    readonly least: number | null;
    readonly most: number | null;
    /** Values that are NaN or infinite. */
    readonly notFinite: number;
  }[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws BadFileError when it is damaged, not of this format, or holds numbers of another type */
export function weightsContents(bytes: Uint8Array, file: string): WeightsContents {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  return {
    kind: "safetensors",
    bytes: bytes.length,
    tensors: [...tensors].map(([name, { shape, values }]) => ({ name, shape, ...range(values) })),
    metadata,
  };
}

function range(values: Float32Array) {
  let [least, most, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) notFinite += 1;
    else {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return notFinite === values.length
    ? { least: null, most: null, notFinite }
    : { least, most, notFinite };
}

/** Longer texts of the metadata are cut; --json has them whole. */
const longestText = 100;

export function printWeights(file: string, { bytes, tensors, metadata }: WeightsContents): void {
  const numbers = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  console.log(
    `${file}: safetensors file, ${thousands(bytes)} bytes, ${thousands(tensors.length)} tensors of ${thousands(numbers)} float32 numbers`,
  );
  const names = tensors.map(({ name }) => plain(name));
  const shapes = tensors.map(({ shape }) => `[${shape.join(", ")}]`);
  const [nameWidth, shapeWidth] = [names, shapes].map((texts) =>
    texts.reduce((most, { length }) => Math.max(most, length), 0),
  );
  tensors.forEach(({ least, most, notFinite }, k) => {
    const values =
      least === null || most === null
        ? "no finite number"
        : `${least.toPrecision(3)} to ${most.toPrecision(3)}`;
    const untidy = notFinite > 0 ? `, ${thousands(notFinite)} not finite` : "";
    console.log(
      `  ${names[k].padEnd(nameWidth)}  ${shapes[k].padEnd(shapeWidth)}  ${values}${untidy}`,
    );
  });
  for (const [name, text] of Object.entries(metadata)) {
    const shown =
      text.length > longestText ? `${text.slice(0, longestText)}… (--json has it whole)` : text;
    console.log(`  ${plain(name)}: ${plain(shown)}`);
  }
}
