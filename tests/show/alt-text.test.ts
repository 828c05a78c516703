import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { altText } from "../../lib/show/alt-text.js";
import { gainsPicture } from "../../lib/show/gains-picture.js";
import { gatePicture } from "../../lib/show/gate-picture.js";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { listeningPicture } from "../../lib/show/listening-picture.js";
import { pianoRollPicture } from "../../lib/show/piano-roll-picture.js";
import { spectrogramPicture, waveformPicture } from "../../lib/show/sound-pictures.js";
import { table2Picture } from "../../lib/show/table-2-picture.js";
import { madeUpRecord } from "./records.js";

// two units, two steps
const trace = { hiddenSize: 2, values: new Map([["z", Float32Array.of(0, 0.5, 1, 0.25)]]) };
const sound = { title: "a tone", sampleRateHz: 8000 };
const tone = Float32Array.from({ length: 800 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * i) / 8));

describe("the alt text", () => {
  it("of curves has where each begins and ends", () => {
    const { curve } = madeUpRecord("gru");
    const ends = [curve[0], curve[curve.length - 1]].map((p) => p.valid.nllPerStep.toPrecision(3));
    const text = altText(learningCurves([madeUpRecord("gru")], { x: "epoch" }));
    expect(text).toContain(`GRU, validation: ${ends.map(Number).join(" to ")}.`);
  });

  it.each([
    ["a piano-roll", pianoRollPicture(pianoRoll([[60, 64], [60]])), "notes from C4 to E4, 1.5 at"],
    ["a gate", gatePicture(trace, "z"), "z of all units: 0 to 1, 0.44 on average."],
    [
      "a network that listens",
      listeningPicture(pianoRoll([[60], [60], [67]]), trace, [2, 3.5], { gate: "z", unit: 1 }),
      "z of unit 1: 0.25 to 0.5, 0.38 on average. nats paid for a step: 2 to 3.5, 2.75 on average, most for step 3.",
    ],
    ["a waveform", waveformPicture(tone, sound), "amplitudes from −0.5 to 0.5."],
    // 1,000 Hz, where two bands meet
    [
      "a spectrogram",
      spectrogramPicture(tone, sound),
      /loudest between (875|1000) and (1000|1125)/,
    ],
    [
      "gains",
      gainsPicture([{ way: "padding", data: "JSB", nats: 4.385 }], "What each way takes off"),
      "JSB: padding 4.38.",
    ],
    [
      "table 2",
      table2Picture([madeUpRecord("gru", { seed: 1 }), madeUpRecord("gru", { seed: 2 })]),
      "By protocol, and in brackets the paper's. JSB Chorales: tanh no run (9.1); GRU ours 8.85 (8.54); LSTM no run (8.67).",
    ],
  ])("of %s says what it shows", (_what, spec, words) => {
    expect(altText(spec)).toMatch(typeof words === "string" ? new RegExp(escaped(words)) : words);
  });
});

const escaped = (words: string) => words.replace(/[.()]/g, "\\$&");
