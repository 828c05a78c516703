import { wavBytes } from "../data/wav-out.js";
import { GatedRnnError } from "../errors.js";
import { generator } from "../random/generator.js";
import type { Output } from "./notebook-output.js";
import { escapeHtml } from "./table.js";

/** A sound to be heard in a page. */
export interface Sound {
  readonly title: string;
  /** [samples] in −1 … 1 */
  readonly samples: Float32Array;
  /** Samples a second. */
  readonly sampleRateHz: number;
}

/** Root mean square that every player is brought to, and the peak that none exceeds, of full scale. */
const loudness = 0.08;
const mostPeak = 0.98;

/**
 * The same sound as loud as the others: players beside each other can be compared, and nobody jumps
 * at the second. Brought to one root mean square, or as near to it as the peaks allow; silence stays.
 */
export function levelled(samples: Float32Array): Float32Array {
  const peak = samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  if (!(peak > 0)) return samples;
  const rms = Math.sqrt(samples.reduce((sum, v) => sum + v * v, 0) / samples.length);
  const gain = Math.min(loudness / rms, mostPeak / peak);
  return samples.map((v) => v * gain);
}

/** Notebooks keep sounds as text: longer ones make them heavy. */
const mostSeconds = 30;

/**
 * Sounds with a player each, named and equally loud, in the page itself: no file, no script.
 *
 * @throws GatedRnnError `usage` for a sound of over 30 seconds
 */
export function players(sounds: readonly Sound[]): string {
  return sounds
    .map(
      (sound) =>
        `<figure style="margin:0.4em 0"><figcaption>${escapeHtml(sound.title)}</figcaption>${player(sound)}</figure>`,
    )
    .join("\n");
}

/**
 * Sounds without their names, in an order that the seed decides, and the names below, folded away: what the ear says comes first.
 */
export function blindPlayers(sounds: readonly Sound[], seed: number): string {
  const order = generator(seed, "blind players").shuffle(sounds);
  const letters = order.map((sound, i) => ({ ...sound, title: String.fromCharCode(65 + i) }));
  const answers = order
    .map(({ title }, i) => `${String.fromCharCode(65 + i)}: ${escapeHtml(title)}`)
    .join("<br>");
  return `${players(letters)}\n<details><summary><b>Reveal which is which</b></summary>${answers}</details>`;
}

function player({ title, samples, sampleRateHz }: Sound): string {
  if (samples.length > mostSeconds * sampleRateHz)
    throw new GatedRnnError(
      "usage",
      `audio: expected at most ${mostSeconds} s, got ${(samples.length / sampleRateHz).toFixed(1)} s; write a file by wavBytes`,
    );
  const data = Buffer.from(wavBytes([levelled(samples)], sampleRateHz)).toString("base64");
  return `<audio controls preload="metadata" aria-label="${escapeHtml(title)}" style="width:100%;max-width:480px" src="data:audio/wav;base64,${data}"></audio>`;
}

/** As an output of a notebook's cell. */
export function audioOutput(html: string, sounds: readonly Sound[]): Output {
  const text = sounds.map(
    ({ title, samples, sampleRateHz }) =>
      `[audio] ${title}, ${(samples.length / sampleRateHz).toFixed(1)} s`,
  );
  return { data: { "text/html": html, "text/plain": text.join("\n") } };
}
