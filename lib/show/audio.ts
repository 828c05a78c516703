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
  readonly sampleRateHz: number;
}

/** Notebooks keep sounds as text: longer ones make them heavy. */
const mostSeconds = 30;

/**
 * Sounds with a player each, in the page itself: no file, no script.
 *
 * @throws GatedRnnError `usage` for a sound of over 30 seconds
 */
export function players(sounds: readonly Sound[]): string {
  return sounds
    .map(
      ({ title, ...sound }) =>
        `<figure style="margin:0.4em 0"><figcaption>${escapeHtml(title)}</figcaption>${player(sound)}</figure>`,
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

function player({ samples, sampleRateHz }: Omit<Sound, "title">): string {
  if (samples.length > mostSeconds * sampleRateHz)
    throw new GatedRnnError(
      "usage",
      `audio: expected at most ${mostSeconds} s, got ${(samples.length / sampleRateHz).toFixed(1)} s; write a file by wavBytes`,
    );
  const data = Buffer.from(wavBytes([samples], sampleRateHz)).toString("base64");
  return `<audio controls preload="metadata" style="width:100%;max-width:480px" src="data:audio/wav;base64,${data}"></audio>`;
}

/** As an output of a notebook's cell. */
export function audioOutput(html: string, sounds: readonly Sound[]): Output {
  const text = sounds.map(
    ({ title, samples, sampleRateHz }) =>
      `[audio] ${title}, ${(samples.length / sampleRateHz).toFixed(1)} s`,
  );
  return { data: { "text/html": html, "text/plain": text.join("\n") } };
}
