import { plain } from "../files/plain.js";

/**
 * The three units always have these colours: dark grey for the old unit, and for the gated ones the blue and vermillion of
 * Okabe and Ito (2008), told apart with every common colour blindness (the test simulates them), on white and in print.
 */
const cellColours: Readonly<Record<string, string>> = {
  tanh: "#666666",
  gru: "#0072b2",
  lstm: "#d55e00",
};

/** For cells beyond the paper's, in the order in which a chart meets them. */
const furtherColours = ["#009e73", "#cc79a7", "#b58900", "#332288", "#56b4e9"] as const;

const cellTitles: Readonly<Record<string, string>> = {
  tanh: "tanh",
  gru: "GRU",
  lstm: "LSTM",
  "lstm-forget-1": "LSTM, b_f = 1",
};

/** A cell's name as the paper writes it: tanh, GRU, LSTM; any other cell by its own name. */
export function cellTitle(cell: string): string {
  return Object.hasOwn(cellTitles, cell) ? cellTitles[cell] : plain(cell);
}

/** The colour scale for cells by title, in the paper's order; cells that the paper does not have follow. */
export function cellScale(cells: readonly string[]): {
  readonly domain: string[];
  readonly range: string[];
} {
  const paper = Object.keys(cellColours).filter((name) => cells.includes(name));
  const further = [...new Set(cells)].filter((name) => !Object.hasOwn(cellColours, name));
  return {
    domain: [...paper, ...further].map(cellTitle),
    range: [
      ...paper.map((name) => cellColours[name]),
      ...further.map((_, i) => furtherColours[i % furtherColours.length]),
    ],
  };
}

const font = "Open Sans, Helvetica Neue, Helvetica, Arial, sans-serif";

/** Colour of ink that stands for no cell: notes of a piano-roll, reference lines. */
export const ink = "#3b3b58";

/** How every chart looks: one font, quiet grid, white ground (so that a dark page does not swallow the axes). */
export const chartConfig: Readonly<Record<string, unknown>> = {
  background: "white",
  font,
  padding: 8,
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: 600,
    color: "#222", // every colour is named: a page's dark theme would turn the rest white on white
    subtitleColor: "#555",
    subtitleFontSize: 11,
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 400,
    titlePadding: 8,
    gridColor: "#e4e4e8",
    domainColor: "#888",
    tickColor: "#888",
    labelColor: "#333",
    titleColor: "#222",
  },
  header: { labelColor: "#333", titleColor: "#222" },
  text: { color: "#222" },
  legend: {
    labelColor: "#333",
    titleColor: "#222",
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 600,
    symbolStrokeWidth: 2.5,
    symbolSize: 220,
  },
};
