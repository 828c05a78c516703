import { GatedRnnError } from "../errors.js";

type Converter = Awaited<ReturnType<typeof import("@alexanderolsen/libsamplerate-js").create>>;

const HIGHEST_RATIO = 256; // of libsamplerate
const ROOM = 900_000; // samples that surely fit the converter's own buffers (4,032,000 bytes)

/** The converter of the last call: starting one takes a tenth of a second, and a corpus has many files of one rate. */
let last: { readonly rates: string; readonly converter: Converter } | undefined;

/**
 * Brings samples to another rate by band-limited interpolation (libsamplerate's sinc converter of medium quality, 121 dB: what
 * lies above the lower of the two Nyquist frequencies is taken out, not folded back).
 *
 * @param samples of one channel
 * @returns round(samples.length × toHz / fromHz) samples
 * @throws GatedRnnError `usage` for rates that are not positive or more than a factor of 256 apart
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
): Promise<Float32Array> {
  const ratio = toHz / fromHz;
  if (!canResample(fromHz, toHz))
    throw new GatedRnnError(
      "usage",
      `resample: expected rates above 0 within a factor of ${HIGHEST_RATIO}, got ${fromHz} and ${toHz} Hz`,
    );
  if (fromHz === toHz || samples.length === 0) return samples.slice();
  const out = new Float32Array(Math.round(samples.length * ratio));
  const portion = Math.floor(ROOM / Math.max(1, ratio));
  if (samples.length > portion) await inPortions(samples, out, portion, fromHz, toHz);
  else {
    const rates = `${fromHz} ${toHz}`;
    if (last?.rates !== rates) {
      const converter = await open(fromHz, toHz);
      last?.converter.destroy();
      last = { rates, converter };
    }
    out.set(last.converter.simple(samples).subarray(0, out.length));
  }
  return out;
}

/** Whether two rates are above 0 and not too far apart. */
export function canResample(fromHz: number, toHz: number): boolean {
  const ratio = toHz / fromHz;
  return fromHz > 0 && toHz > 0 && ratio <= HIGHEST_RATIO && ratio >= 1 / HIGHEST_RATIO;
}

async function open(fromHz: number, toHz: number): Promise<Converter> {
  const { create, ConverterType } = await import("@alexanderolsen/libsamplerate-js");
  return create(1, fromHz, toHz, { converterType: ConverterType.SRC_SINC_MEDIUM_QUALITY });
}

/** A long piece, whose last samples leave the converter only when silence is put in behind them. */
async function inPortions(
  samples: Float32Array,
  out: Float32Array,
  portion: number,
  fromHz: number,
  toHz: number,
): Promise<void> {
  const converter = await open(fromHz, toHz);
  const silence = new Float32Array(Math.ceil(1024 * Math.max(1, fromHz / toHz)));
  try {
    let done = 0;
    for (let at = 0; done < out.length; at += portion) {
      const converted = converter.full(
        at < samples.length ? samples.subarray(at, at + portion) : silence,
      );
      const fits = converted.subarray(0, out.length - done);
      out.set(fits, done);
      done += fits.length;
    }
  } finally {
    converter.destroy();
  }
}
