import { palettePng } from "./palette-png.js";
import { maxPoints } from "./spec.js";

/** Values of units over time, and how they are drawn. */
interface HeatMap {
  /** [steps, units], in the order in which the rows are drawn from the top. */
  readonly values: Float32Array;
  readonly units: number;
  readonly width: number;
  readonly height: number;
  /** Field names of the axes belong to the chart; these are the titles. */
  readonly timeTitle: string | null;
  readonly unitTitle: string;
}

type Rgb = readonly [number, number, number];
const white: Rgb = [255, 255, 255];
const blue: Rgb = [0, 114, 178];
const vermillion: Rgb = [213, 94, 0];

/** Pixels of a picture for each point of the chart: sharp on sharp screens. */
const sharpness = 2;

/**
 * The layers of a heat map: gates, which lie between 0 and 1, from white to blue; values with a
 * sign from vermillion over white to blue. Up to 2,000 values are rectangles that tell their value;
 * more are a picture in the chart, which may then be as long as the piece.
 */
export function heatMapLayers(map: HeatMap): readonly Readonly<Record<string, unknown>>[] {
  const { values, units, timeTitle, unitTitle } = map;
  const steps = values.length / units;
  const isGate = values.every((v) => v >= 0 && v <= 1);
  const most = values.reduce((a, v) => Math.max(a, Math.abs(v)), 1);
  const x = {
    type: "quantitative",
    title: timeTitle,
    scale: { domain: [0, steps], nice: false },
    ...(timeTitle === null ? { axis: { labels: false, ticks: false } } : {}),
  };
  const y = {
    type: "quantitative",
    title: unitTitle,
    scale: { domain: [0, units], nice: false, reverse: true },
  };
  const scale = isGate
    ? { domain: [0, 1], range: ["#ffffff", "#0072b2"], interpolate: "rgb" }
    : { domain: [-most, 0, most], range: ["#d55e00", "#ffffff", "#0072b2"], interpolate: "rgb" };
  const color = {
    field: "value",
    type: "quantitative",
    title: isGate ? "gate (0 … 1)" : "value",
    scale,
  };
  const rectangle = {
    mark: { type: "rect" },
    encoding: {
      x: { ...x, field: "step" },
      x2: { field: "end" },
      y: { ...y, field: "unit" },
      y2: { field: "above" },
      color,
    },
  };
  if (values.length <= maxPoints) return [{ data: { values: cells(values, units) }, ...rectangle }];
  const colour = (value: number): Rgb =>
    isGate
      ? between(white, blue, value)
      : between(white, value < 0 ? vermillion : blue, Math.abs(value) / most);
  const url = pictureOf(map, steps, colour);
  const ends = [isGate ? 0 : -most, most].map((value) => ({ value }));
  return [
    {
      data: { values: [{ url, middle: steps / 2, centre: units / 2 }] },
      mark: { type: "image", width: map.width, height: map.height, aspect: false },
      encoding: {
        x: { ...x, field: "middle" },
        y: { ...y, field: "centre" },
        url: { field: "url", type: "nominal" },
      },
    },
    // seen by nobody: it brings the legend that a picture does not have
    { data: { values: ends }, mark: { type: "point", opacity: 0 }, encoding: { color } },
  ];
}

function cells(values: Float32Array, units: number) {
  return Array.from(values, (value, i) => {
    const [step, unit] = [Math.floor(i / units), i % units];
    return { step, end: step + 1, unit, above: unit + 1, value: Number(value.toFixed(3)) };
  });
}

/** As a data URL. */
function pictureOf(
  { values, units, width, height }: HeatMap,
  steps: number,
  colour: (value: number) => Rgb,
): string {
  const [columns, rows] = [Math.round(width * sharpness), Math.round(height * sharpness)];
  const rgba = new Uint8Array(4 * columns * rows).fill(255);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const step = Math.floor((column * steps) / columns);
      const unit = Math.floor((row * units) / rows);
      rgba.set(colour(values[step * units + unit]), 4 * (row * columns + column));
    }
  return `data:image/png;base64,${palettePng(rgba, columns, rows).toString("base64")}`;
}

function between(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (k: number) => Math.round(from[k] + (to[k] - from[k]) * share);
  return [at(0), at(1), at(2)];
}
