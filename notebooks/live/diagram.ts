import { unitColour } from "./colours.ts";
import type { HeardPiece } from "./messages.ts";
import type { Unit } from "./unit.ts";

let shown = "";

/** A unit's equations as a drawing, whose gates show their values at a step. */
export const liveDiagram = {
  show(place: HTMLElement, { name, facts }: Unit): void {
    if (!facts || shown === facts.diagram) return;
    shown = facts.diagram;
    place.innerHTML = facts.diagram; // made by the library in this page
    place.style.setProperty("--own", unitColour(name));
  },

  /** The mean over all hidden units, or one unit's own value, as the gate's colour and a number. */
  values(place: HTMLElement, heard: HeardPiece, t: number, hiddenUnit: number | undefined): void {
    for (const { name, values } of heard.gates) {
      const row = values.subarray(t * heard.hiddenSize, (t + 1) * heard.hiddenSize);
      const value =
        hiddenUnit === undefined
          ? row.reduce((sum, v) => sum + v, 0) / heard.hiddenSize
          : row[hiddenUnit];
      for (const group of place.querySelectorAll<SVGGElement>(
        `[data-value="${CSS.escape(name)}"]`,
      )) {
        const box = group.querySelector("rect");
        if (!box) continue;
        const share = Math.round(100 * Math.min(1, Math.abs(value)));
        box.style.fill = `color-mix(in srgb, var(--own) ${share}%, var(--card))`;
        numberOf(group, box).textContent = value.toFixed(2);
      }
    }
  },
};

/** The text above a gate's box. */
function numberOf(group: SVGGElement, box: SVGRectElement): SVGTextElement {
  const found = group.querySelector<SVGTextElement>("text.value");
  if (found) return found;
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  const { x, y, width } = box.getBBox();
  text.setAttribute("x", String(x + width / 2));
  text.setAttribute("y", String(y - 4));
  text.setAttribute("text-anchor", "middle");
  text.setAttribute("font-size", "11");
  text.classList.add("value");
  group.append(text);
  return text;
}
