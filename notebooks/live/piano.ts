import { type PianoRoll, pianoRoll } from "gated-rnn/browser";
import { byId, make } from "./dom.ts";

const [lowest, highest] = [48, 83]; // three octaves: where chorales sing
const letters = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"] as const;
const isBlack = (note: number) => [1, 3, 6, 8, 10].includes(note % 12);

/** Scientific pitch: 60 is C4. */
export const noteName = (note: number): string =>
  `${letters[note % 12]}${Math.floor(note / 12) - 1}`;

/** A beginning that is written by clicking keys, or that came from a file. */
export class Primer {
  private steps: number[][] = [];

  constructor(private readonly onKey: (note: number) => void) {
    const keys = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i).map((note) => {
      const key = make("button", {
        type: "button",
        className: isBlack(note) ? "black" : "white",
        "aria-label": noteName(note),
        "data-note": note,
      });
      key.addEventListener("click", () => this.press(note));
      return key;
    });
    byId("piano").append(...keys);
    byId("piano").addEventListener("keydown", (event) => this.move(event, keys));
    keys.forEach((key, i) => {
      key.tabIndex = i === 12 ? 0 : -1;
    });
    byId("primer-clear").addEventListener("click", () => this.set([]));
  }

  /** Undefined while nothing was written. */
  get roll(): PianoRoll | undefined {
    return this.steps.length === 0 ? undefined : pianoRoll(this.steps, "your beginning");
  }

  set(steps: number[][]): void {
    this.steps = steps;
    const shown = this.steps.slice(-8).map((step) => step.map(noteName).join(" "));
    const more = this.steps.length > 8 ? "… " : "";
    byId("primer-text").textContent =
      shown.length === 0
        ? "nothing yet: they begin from silence"
        : `${this.steps.length} steps: ${more}${shown.join(" · ")}`;
    const last = new Set(this.steps.at(-1));
    for (const key of byId("piano").querySelectorAll<HTMLElement>("button"))
      key.classList.toggle("down", last.has(Number(key.dataset.note)));
  }

  private press(note: number): void {
    this.onKey(note);
    const isChord = byId<HTMLInputElement>("chord").checked;
    const last = this.steps.at(-1);
    if (isChord && last) {
      const others = last.filter((n) => n !== note);
      const chord = others.length < last.length ? others : [...last, note].sort((a, b) => a - b);
      this.set([...this.steps.slice(0, -1), chord]);
    } else this.set([...this.steps, [note]]);
  }

  /** Arrow keys go from key to key: the piano is one stop of the tabulator. */
  private move(event: KeyboardEvent, keys: readonly HTMLButtonElement[]): void {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 12, ArrowDown: -12 }[event.key];
    const from = keys.indexOf(event.target as HTMLButtonElement);
    const to = keys[from + (by ?? 0)];
    if (by === undefined || to === undefined) return;
    event.preventDefault();
    for (const key of keys) key.tabIndex = key === to ? 0 : -1;
    to.focus();
  }
}
