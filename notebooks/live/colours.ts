/** A unit's colour as the style sheet has it, for light and for dark. */
export const unitColour = (name: string): string => `var(--${inked(name)})`;

const inked = (name: string) =>
  ["tanh", "gru", "lstm"].includes(name) ? name : name === "mine" ? "mine" : "other";

/** The same as a colour that a canvas takes. */
export function inkOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
export const unitInk = (name: string): string => inkOf(`--${inked(name)}`);
