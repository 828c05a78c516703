import type { PianoRoll } from "../data/piano-roll.js";
import type { Trace } from "../engines/engine.js";
import { GatedRnnError } from "../errors.js";
import { chartConfig, ink } from "./colours.js";
import { inOrder, levels, traceValues, unitOrder } from "./gate-picture.js";
import { heatMapLayers } from "./heat-map.js";
import { pianoRollPicture } from "./piano-roll-picture.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of a network that listens shows. */
export interface ListeningPictureOptions {
  readonly title?: string;
  /** The gate or state whose units are shown. */
  readonly gate: string;
  /** A unit to follow in a panel of its own, by its number in the model. */
  readonly unit: number;
  /** What a step is, such as "quarter notes". */
  readonly stepUnit?: string;
}

/**
 * What a network does while it hears a piece, on one time axis: the piece, one gate of all its
 * units, one unit followed by its number, and the surprise, the price in nats that it pays for each
 * step. All of the piece is shown. Column t of the gates is computed when step t is heard, and
 * before step t + 1 is known; the surprise stands above the step that is paid for.
 *
 * @param trace of this piece: `tracePiece` @param surprise of this piece: `surprise`
 * @throws GatedRnnError `usage` for a gate or unit that the trace does not have, or another piece's
 */
export function listeningPicture(
  piece: PianoRoll,
  trace: Trace,
  surprise: ArrayLike<number>,
  { gate, unit, title, stepUnit = "steps" }: ListeningPictureOptions,
): VegaLiteSpec {
  const values = traceValues(trace, gate);
  const { hiddenSize } = trace;
  const steps = values.length / hiddenSize;
  if (steps !== piece.length - 1 || surprise.length !== piece.length - 1)
    throw new GatedRnnError(
      "usage",
      `listening picture: expected a trace and a surprise of ${piece.length - 1} steps, got ${steps} and ${surprise.length}; make both of this piece`,
    );
  if (!(Number.isInteger(unit) && unit >= 0 && unit < hiddenSize))
    throw new GatedRnnError(
      "usage",
      `listening picture: expected a unit from 0 to ${hiddenSize - 1}, got ${unit}`,
    );
  const width = Math.max(320, Math.min(660, piece.length * 9));
  const order = unitOrder(trace, gate);
  const place = order.indexOf(unit);
  const x = (field: string, last: boolean) => ({
    field,
    type: "quantitative",
    stack: null,
    title: last ? `time (${stepUnit})` : null,
    scale: { domain: [0, piece.length], nice: false },
    axis: { grid: false, labels: last, ticks: last, tickMinStep: 1 },
  });
  const drawn = pianoRollPicture(piece, { stepUnit });
  const { $schema, config, title: _, description: notes = "", encoding, ...roll } = drawn;
  const { y: pitch } = encoding as { readonly y: object };
  const heat = inOrder(values, order);
  const whole = new Float32Array(piece.length * hiddenSize); // nothing is computed after the last
  whole.set(heat);
  const level = (field: string, heading: string) => ({
    field,
    type: "quantitative",
    title: heading,
  });
  const followed = values.filter((_value, i) => i % hiddenSize === unit);
  const paid = Array.from(surprise);
  const dearest = paid.indexOf(paid.reduce((a, b) => Math.max(a, b)));
  return {
    $schema: vegaLiteSchema,
    description: [
      notes,
      levels(`${gate} of all units`, values),
      levels(`${gate} of unit ${unit}`, followed),
      `${levels("nats paid for a step", paid)}, most for step ${dearest + 2}`,
    ].join(". "),
    title: {
      text: title ?? piece.name ?? "A network listens",
      subtitle: `${piece.length} steps; ${hiddenSize} units sorted by the mean of ${gate}; unit ${unit} is in row ${place + 1}`,
    },
    vconcat: [
      {
        ...roll,
        width,
        height: 150,
        encoding: {
          ...(encoding as object),
          x: x("start", false),
          y: { ...pitch, title: "pitch" },
        },
      },
      {
        width,
        height: 180,
        layer: [
          ...heatMapLayers({
            values: whole,
            units: hiddenSize,
            width,
            height: 180,
            timeTitle: null,
            unitTitle: `${gate}, by unit`,
          }),
          {
            data: { values: [{ row: place + 0.5 }] },
            mark: {
              type: "point",
              shape: "triangle-right",
              filled: true,
              size: 60,
              color: "#d55e00",
            },
            encoding: {
              x: { value: -4 },
              y: { field: "row", type: "quantitative" },
            },
          },
        ],
      },
      {
        width,
        height: 60,
        data: {
          values: Array.from({ length: steps }, (_, t) => ({
            step: t + 0.5,
            value: Number(values[t * hiddenSize + unit].toFixed(3)),
          })),
        },
        mark: { type: "line", interpolate: "step", color: "#d55e00" },
        encoding: { x: x("step", false), y: level("value", `unit ${unit}`) },
      },
      {
        width,
        height: 80,
        data: {
          values: Array.from(surprise, (nats, t) => ({
            step: t + 1,
            end: t + 2,
            nats: Number(nats.toFixed(3)),
          })),
        },
        mark: { type: "rect", color: ink },
        encoding: {
          x: x("step", true),
          x2: { field: "end" },
          y: { ...level("nats", "nats paid"), stack: null },
          y2: { datum: 0 },
        },
      },
    ],
    spacing: 8,
    config: { ...chartConfig, axis: { ...(chartConfig.axis as object), grid: false } },
  };
}
