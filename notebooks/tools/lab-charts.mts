// Every chart that JupyterLab draws, beside the picture that its notebook's output holds of it.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import {
  type Difference,
  difference,
  isWithin,
  type Pixels,
  tolerance,
} from "./chart-comparison.mts";
import { type Notebook, text } from "./format.mts";

const fonts = dirname(
  createRequire(import.meta.url).resolve("@expo-google-fonts/open-sans/package.json"),
);
/**
 * How much wider or higher a chart may be than its picture, in points: a browser rounds the widths
 * of words otherwise.
 */
const sizeTolerance = 24;

export const chartsOn = (page: Page) => page.locator(".jp-OutputArea-output .vega-embed canvas");

/**
 * The page has the font of the pictures before anything is drawn: other letters are no difference
 * that anybody means.
 */
export async function lendFont(page: Page): Promise<void> {
  const faces = [
    ["400", "400Regular/OpenSans_400Regular.ttf"],
    ["600", "600SemiBold/OpenSans_600SemiBold.ttf"],
  ].map(([weight, file]) => ({ weight, base64: readFileSync(join(fonts, file), "base64") }));
  await page.addInitScript((given) => {
    for (const { weight, base64 } of given) {
      const url = `url(data:font/ttf;base64,${base64})`;
      const face = new FontFace("Open Sans", url, { weight });
      document.fonts.add(face);
      void face.load();
    }
  }, faces);
}

/** The pictures that a notebook keeps of its living charts, in order, as base64. */
export function chartPictures({ cells }: Notebook): string[] {
  return cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .flatMap((output) =>
      output.output_type === "display_data" && "application/vnd.vegalite.v5+json" in output.data
        ? [text(output.data["image/png"] as string | string[])]
        : [],
    );
}

/**
 * What is wrong with the charts on the page, one line each; and how far the worst of them is from
 * its picture. Charts with a fault are left in files, each beside its picture, whose names begin
 * with `start`.
 */
export async function compareCharts(
  page: Page,
  pictures: readonly string[],
  start: string,
): Promise<{ problems: string[]; worst: string }> {
  const drawn = await chartsOn(page).count();
  if (drawn !== pictures.length)
    return { problems: [`expected ${pictures.length} charts drawn, got ${drawn}`], worst: "" };
  const problems = await cutCharts(page);
  let worst: Difference = { mean: 0, patch: 0, ink: 0 };
  for (const [i, picture] of pictures.entries()) {
    const { canvas, image, size, png } = await bothOf(page, i, picture);
    const found = difference(canvas, image);
    const off = Math.max(Math.abs(size[0] - canvas.width), Math.abs(size[1] - canvas.height));
    worst = {
      mean: Math.max(worst.mean, found.mean),
      patch: Math.max(worst.patch, found.patch),
      ink: Math.max(worst.ink, found.ink),
    };
    if (isWithin(found) && off <= sizeTolerance) continue;
    writeFileSync(`${start}-chart-${i + 1}.png`, png, "base64");
    writeFileSync(`${start}-chart-${i + 1}-picture.png`, picture, "base64");
    const most = `at most ${words(tolerance)}, ${sizeTolerance} points of size`;
    problems.push(
      `chart ${i + 1}: expected it to differ from its picture by ${most}, got ${words(found)}, ${off}`,
    );
  }
  return { problems, worst: words(worst) };
}

/** Charts that are wider than their place in the notebook, beside the folder of files: cut, until one scrolls. */
async function cutCharts(page: Page): Promise<string[]> {
  const missing = await chartsOn(page).evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const place = canvas.closest(".jp-OutputArea-output");
      return place ? canvas.getBoundingClientRect().right - place.getBoundingClientRect().right : 0;
    }),
  );
  return missing.flatMap((points, i) =>
    points > 0
      ? [
          `chart ${i + 1}: expected it to fit its cell, got one ${Math.ceil(points)} points too wide`,
        ]
      : [],
  );
}

function words({ mean, patch, ink }: Difference): string {
  const percent = Math.round(100 * ink);
  return `${mean.toFixed(3)} on average, patches of ${patch} square points, ${percent} % of its ink`;
}

/**
 * A chart's canvas and its picture, of the canvas's size; and the size in points that the picture
 * has of its own.
 */
async function bothOf(
  page: Page,
  index: number,
  picture: string,
): Promise<{ canvas: Pixels; image: Pixels; size: [number, number]; png: string }> {
  const both = await chartsOn(page)
    .nth(index)
    .evaluate(async (element, base64) => {
      const canvas = element as HTMLCanvasElement;
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const { width, height } = canvas;
      const base64Of = (source: CanvasImageSource) => {
        const copy = new OffscreenCanvas(width, height);
        const context = copy.getContext("2d");
        if (!context) throw new Error("no canvas");
        context.imageSmoothingQuality = "high";
        // not stretched: a legend that is wider by a few points must not move all else
        context.fillStyle = "white";
        context.fillRect(0, 0, width, height);
        if (source === image) context.drawImage(image, 0, 0, image.width / 2, image.height / 2);
        else context.drawImage(source, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        let binary = "";
        for (let at = 0; at < data.length; at += 8192)
          binary += String.fromCharCode(...data.subarray(at, at + 8192));
        return btoa(binary);
      };
      return {
        width,
        height,
        png: canvas.toDataURL("image/png").replace(/^.*,/, ""),
        canvas: base64Of(canvas),
        image: base64Of(image),
        size: [image.width / 2, image.height / 2] as [number, number],
      };
    }, picture.trim());
  const pixels = (data: string): Pixels => ({
    width: both.width,
    height: both.height,
    rgba: Buffer.from(data, "base64"),
  });
  return {
    canvas: pixels(both.canvas),
    image: pixels(both.image),
    size: both.size,
    png: both.png,
  };
}
