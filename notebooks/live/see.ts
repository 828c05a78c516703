import { notesAt, type PianoRoll } from "gated-rnn/browser";
import { liveDiagram } from "./diagram.ts";
import { byId, onceAFrame, options } from "./dom.ts";
import type { HeardPiece } from "./messages.ts";
import { noteName } from "./piano.ts";
import {
  drawOver,
  gateHeight,
  type Layout,
  layoutOf,
  left,
  type Overlay,
  paintStill,
} from "./piece-picture.ts";
import { type Player, stepSeconds } from "./player.ts";
import type { Race } from "./race.ts";
import type { Unit } from "./unit.ts";

/** Keys that a step is told with: the likeliest. */
const toldKeys = 5;

/** The pointer rests when it has not moved for so long. */
const restMs = 250;

/** One piece on one time axis: what sounds, what the unit expected, a gate, its surprise, its reach back. */
export class See {
  private heard: HeardPiece | undefined;
  private readonly still = document.createElement("canvas");
  private layout: Layout | undefined;
  private step: number | undefined;
  private hiddenUnit: number | undefined;
  private playhead: number | undefined;
  private reach: Overlay["reach"];
  private readonly drawSoon = onceAFrame(() => this.draw());
  private asks = 0;
  private rest = 0;
  private listensNow = false;

  constructor(
    private readonly race: Race,
    private readonly player: Player,
    /** Pieces of the visitor's own, such as the primer's. */
    private readonly others: () => readonly PianoRoll[],
  ) {
    for (const id of ["see-unit", "see-piece"])
      byId(id).addEventListener("change", () => void this.listenAnew());
    byId("see-gate").addEventListener("change", () => this.paint());
    const canvas = byId("see-canvas");
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener("pointerdown", (event) => this.point(event));
    byId("see-scroll").addEventListener("keydown", (event) => this.move(event));
    byId("see-play").addEventListener("click", () => void this.play());
    new ResizeObserver(onceAFrame(() => this.paint())).observe(byId("see-scroll"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
  }

  /** The choices, when units or data are others. */
  show(): void {
    options("see-unit", titlesOf(this.race.units), "gru");
    const pieces = this.pieces().map((piece, i): [string, string] => [
      String(i),
      piece.name ?? `piece ${i + 1}`,
    ]);
    options("see-piece", pieces, "0");
    if (this.unit?.facts && this.isSeen) void this.listen();
  }

  /** Whether somebody can see the picture: only then does the unit stop its training to hear a piece. */
  get isSeen(): boolean {
    const { top, bottom } = byId("see-scroll").getBoundingClientRect();
    return bottom > 0 && top < innerHeight && !document.hidden;
  }

  private get unit(): Unit | undefined {
    const { value } = byId<HTMLSelectElement>("see-unit");
    return this.race.units.find(({ name }) => name === value);
  }

  /** The piece that is looked at. */
  get piece(): PianoRoll | undefined {
    return this.pieces()[Number(byId<HTMLSelectElement>("see-piece").value)];
  }

  private pieces(): readonly PianoRoll[] {
    return [...this.others(), ...(this.race.facts?.examples ?? [])];
  }

  private get scene() {
    const { heard, piece, unit } = this;
    if (!heard || !piece || !unit || heard.steps !== piece.length - 1) return undefined;
    return { heard, piece, unit: unit.name, gate: byId<HTMLSelectElement>("see-gate").value };
  }

  private listenAnew(): Promise<void> {
    this.reach = undefined;
    this.step = undefined;
    return this.listen();
  }

  /** Lets the unit of this moment hear the piece; while one hears, no second one is asked. */
  async listen(): Promise<void> {
    const { unit, piece } = this;
    if (!unit?.facts || !piece || this.listensNow) return;
    this.listensNow = true;
    try {
      this.heard = await unit.asked.ask("listen", { piece });
      const gates = this.heard.gates.map(({ name }) => name);
      const first = gates.find((name) => name !== "h" && name !== "c") ?? "h";
      options(
        "see-gate",
        gates.map((name) => [name, name] as const),
        first,
      );
      liveDiagram.show(byId("diagram"), unit);
      this.paint();
      if (this.step !== undefined) this.choose(Math.min(this.step, this.heard.steps));
      else byId("see-text").textContent = `${unit.title} ${after(this.heard)}. Point at a step.`;
      if (this.reach && this.step === this.reach.step + 1) void this.askReach(this.step);
    } catch (error) {
      byId("see-text").textContent = (error as Error).message;
    } finally {
      this.listensNow = false;
    }
  }

  private paint(): void {
    const { scene } = this;
    if (!scene) return;
    this.layout = layoutOf(scene, Math.max(300, byId("see-scroll").clientWidth - 2));
    paintStill(this.still, scene, this.layout);
    this.drawSoon();
  }

  private draw(): void {
    const { layout, unit, step, playhead, reach } = this;
    if (!layout || !unit) return;
    const canvas = byId<HTMLCanvasElement>("see-canvas");
    drawOver(canvas, this.still, layout, unit.name, { step, playhead, reach });
  }

  private point(event: PointerEvent): void {
    const { layout, heard } = this;
    if (!layout || !heard) return;
    const t = Math.floor((event.offsetX - left) / layout.stepWidth);
    if (t < 0 || t > heard.steps) return;
    const row = Math.floor(((event.offsetY - layout.gateTop) * heard.hiddenSize) / gateHeight);
    this.hiddenUnit = row >= 0 && row < heard.hiddenSize ? row : undefined;
    this.choose(t);
    this.reachSoon(t, event.type === "pointerdown" ? 0 : restMs);
  }

  /** The reach is asked for once the pointer rests: it takes a worker from its training for a moment. */
  private reachSoon(t: number, afterMs: number): void {
    clearTimeout(this.rest);
    if (this.reach?.step === t - 1) return;
    this.rest = window.setTimeout(() => void this.askReach(t), afterMs);
  }

  private move(event: KeyboardEvent): void {
    const { heard, layout } = this;
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -9999, End: 9999 }[event.key];
    if (event.key === "Enter" && this.step !== undefined) void this.askReach(this.step);
    if (by === undefined || !heard || !layout) return;
    this.hiddenUnit = undefined;
    const t = Math.min(heard.steps, Math.max(0, (this.step ?? -1) + by));
    this.choose(t);
    const scroll = byId("see-scroll");
    const x = left + t * layout.stepWidth - scroll.scrollLeft;
    const isSeen = x > 0 && x + layout.stepWidth < scroll.clientWidth;
    if (!isSeen) scroll.scrollLeft += x - scroll.clientWidth / 2;
  }

  /** Tells of step t in words, and shows its values in the diagram. */
  private choose(t: number): void {
    const { scene, unit } = this;
    if (!scene || !unit) return;
    this.step = t;
    const { heard, piece, gate: gateName } = scene;
    const sounds = Array.from(notesAt(piece, t), noteName).join(" ") || "nothing";
    const said = [`Step ${t + 1}: ${sounds}.`];
    const who = `${unit.title}, ${after(heard)},`;
    const isJoint = this.race.experiment.output === "nade";
    if (t > 0)
      said.push(
        `${who} expected${isJoint ? ", each key given those above it," : ""} ${expected(heard, t - 1)}; it paid ${heard.surprise[t - 1].toFixed(1)} nats.`,
      );
    const at = Math.min(t, heard.steps - 1);
    const gate = heard.gates.find(({ name }) => name === gateName);
    if (this.hiddenUnit !== undefined && gate) {
      const value = gate.values[at * heard.hiddenSize + this.hiddenUnit];
      said.push(`Hidden unit ${this.hiddenUnit + 1}: ${gate.name} = ${value.toFixed(2)}.`);
    }
    byId("see-text").textContent = said.join(" ");
    liveDiagram.values(byId("diagram"), heard, at, this.hiddenUnit);
    this.drawSoon();
  }

  private async askReach(t: number): Promise<void> {
    const { unit, piece } = this;
    if (!unit || !piece || t < 1) return;
    const ask = ++this.asks;
    try {
      const { shares } = await unit.asked.ask("reach", { piece, step: t - 1 });
      if (ask !== this.asks || this.step !== t) return;
      this.reach = { step: t - 1, shares };
      const back = shares.findIndex((share) => share < 0.01);
      byId("see-text").textContent +=
        back < 0
          ? " More than a hundredth of its gradient reaches the beginning."
          : ` Its gradient falls to a hundredth ${back} steps back.`;
      this.drawSoon();
    } catch (error) {
      byId("see-text").textContent = (error as Error).message;
    }
  }

  private async play(): Promise<void> {
    const button = byId("see-play");
    if (button.textContent === "Stop") {
      this.player.stop();
      return;
    }
    const { piece } = this;
    if (!piece) return;
    const { stepsPerQuarter } = this.race.facts ?? { stepsPerQuarter: 1 };
    const sound = await this.race.studio.ask("sound", { roll: piece, stepsPerQuarter });
    const step = stepSeconds(stepsPerQuarter);
    let shown = -1;
    const follow = (seconds: number) => {
      this.playhead = seconds / step;
      const t = Math.min(piece.length - 1, Math.floor(this.playhead));
      if (t !== shown) this.choose(t);
      shown = t;
      this.drawSoon();
    };
    const end = () => {
      this.playhead = undefined;
      button.textContent = "Play";
      this.drawSoon();
    };
    this.player.play(sound.samples, sound.sampleRateHz, follow, end);
    button.textContent = "Stop";
  }
}

const after = ({ epoch }: HeardPiece) => `after ${epoch} ${epoch === 1 ? "epoch" : "epochs"}`;

/** Units as a choice shows them. */
export const titlesOf = (units: readonly Unit[]): [string, string][] =>
  units.map(({ name, title }) => [name, title]);

/** The likeliest keys of the step after step t, with their chances. */
function expected({ chances, keys, lowestNote }: HeardPiece, t: number): string {
  return Array.from(chances.subarray(t * keys, (t + 1) * keys), (chance, key) => ({ chance, key }))
    .sort((a, b) => b.chance - a.chance)
    .slice(0, toldKeys)
    .map(({ key, chance }) => `${noteName(key + lowestNote)} ${Math.round(100 * chance)} %`)
    .join(", ");
}
