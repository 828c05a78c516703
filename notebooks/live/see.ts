import { notesAt, type PianoRoll } from "gated-rnn/browser";
import { inkOf, unitInk } from "./colours.ts";
import { liveDiagram } from "./diagram.ts";
import { byId, onceAFrame, options } from "./dom.ts";
import type { HeardPiece } from "./messages.ts";
import { noteName } from "./piano.ts";
import { type Player, stepSeconds } from "./player.ts";
import type { Race } from "./race.ts";
import { noteRange, prepared } from "./roll-canvas.ts";
import type { Unit } from "./unit.ts";

const left = 50;
const bands = { gate: 150, surprise: 84, reach: 64, gap: 26 } as const;

/** Where the parts of the picture lie, in style-sheet pixels. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly step: number;
  readonly row: number;
  readonly low: number;
  readonly high: number;
  readonly gateTop: number;
  readonly surpriseTop: number;
  readonly reachTop: number;
}

/** One piece on one time axis: what sounds, what the unit expected, a gate, its surprise, its reach back. */
export class See {
  private heard: HeardPiece | undefined;
  private still = document.createElement("canvas");
  private layout: Layout | undefined;
  private step: number | undefined;
  private hiddenUnit: number | undefined;
  private playhead: number | undefined;
  private reach: { readonly step: number; readonly shares: Float64Array } | undefined;
  private readonly drawSoon = onceAFrame(() => this.draw());
  private asks = 0;
  private listensNow = false;

  constructor(
    private readonly race: Race,
    private readonly player: Player,
    /** Pieces of the visitor's own, such as the primer's. */
    private readonly others: () => readonly PianoRoll[],
  ) {
    for (const id of ["see-unit", "see-piece"])
      byId(id).addEventListener("change", () => void this.listen());
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
    options(
      "see-unit",
      this.race.units.map(({ name, title }) => [name, title]),
      "gru",
    );
    options(
      "see-piece",
      this.pieces().map((piece, i) => [String(i), piece.name ?? `piece ${i + 1}`]),
      "0",
    );
    if (this.unit?.facts) void this.listen();
  }

  private get unit(): Unit | undefined {
    const { value } = byId<HTMLSelectElement>("see-unit");
    return this.race.units.find(({ name }) => name === value);
  }

  private pieces(): readonly PianoRoll[] {
    return [...this.others(), ...(this.race.facts?.examples ?? [])];
  }

  private get piece(): PianoRoll | undefined {
    return this.pieces()[Number(byId<HTMLSelectElement>("see-piece").value)];
  }

  /** Lets the unit of this moment hear the piece; while one hears, no second one is asked. */
  async listen(): Promise<void> {
    const { unit, piece } = this;
    if (!unit?.facts || !piece || this.listensNow) return;
    this.listensNow = true;
    try {
      this.heard = await unit.asked.ask("listen", { piece });
      const isState = (name: string) => this.stateNames(unit).includes(name);
      const gates = this.heard.gates.map(({ name }) => name);
      const first = gates.find((name) => !isState(name)) ?? "h";
      options("see-gate", [...gates.map((name): [string, string] => [name, name])], first);
      liveDiagram.show(byId("diagram"), unit);
      this.paint();
      if (this.step !== undefined) this.choose(Math.min(this.step, this.heard.steps));
    } catch (error) {
      byId("see-text").textContent = (error as Error).message;
    } finally {
      this.listensNow = false;
    }
  }

  private stateNames(unit: Unit): readonly string[] {
    return unit.name === "lstm" ? ["h", "c"] : ["h"];
  }

  private measure(heard: HeardPiece, piece: PianoRoll): Layout {
    const { low, high } = noteRange([piece]);
    const room = Math.max(300, byId("see-scroll").clientWidth - 2);
    const step = Math.max(11, Math.min(26, (room - left - 8) / (heard.steps + 1)));
    const row = Math.max(5, Math.min(9, 250 / (high - low + 1)));
    const gateTop = 20 + row * (high - low + 1) + bands.gap;
    const surpriseTop = gateTop + bands.gate + bands.gap;
    const reachTop = surpriseTop + bands.surprise + bands.gap;
    const width = Math.ceil(left + step * (heard.steps + 1) + 8);
    return {
      width,
      height: reachTop + bands.reach + 22,
      step,
      row,
      low,
      high,
      gateTop,
      surpriseTop,
      reachTop,
    };
  }

  /** All that does not follow the pointer, drawn once. */
  private paint(): void {
    const { heard, piece, unit } = this;
    if (!heard || !piece || !unit) return;
    const layout = this.measure(heard, piece);
    this.layout = layout;
    const context = prepared(this.still, layout.width, layout.height);
    const [ink, quiet, own] = [inkOf("--ink"), inkOf("--quiet"), unitInk(unit.name)];
    const { step, row, low, high, surpriseTop } = layout;
    const x = (t: number) => left + t * step;
    context.font = "12px 'Open Sans', 'Helvetica Neue', Arial, sans-serif";
    context.fillStyle = quiet;
    context.fillText("notes, and how sure the unit was of each", left, 13);
    for (let note = low; note <= high; note++)
      if (note % 12 === 0) context.fillText(noteName(note), 10, 20 + (high - note) * row + row);
    for (let t = 1; t <= heard.steps; t++)
      for (let note = low; note <= high; note++) {
        const chance = heard.chances[(t - 1) * heard.keys + note - heard.lowestNote];
        if (chance < 0.02) continue;
        context.globalAlpha = Math.min(0.85, chance);
        context.fillStyle = own;
        context.fillRect(x(t), 20 + (high - note) * row, step - 1, row - 0.5);
      }
    context.globalAlpha = 1;
    context.strokeStyle = ink;
    context.fillStyle = ink;
    context.lineWidth = 1.25;
    for (let t = 0; t < piece.length; t++)
      for (const note of notesAt(piece, t)) {
        const y = 20 + (high - note) * row;
        context.strokeRect(x(t) + 1.5, y + 0.75, step - 4, row - 2);
      }
    this.paintGate(context, heard, layout, own);
    context.fillStyle = quiet;
    context.fillText("surprise at each step, nats", left, surpriseTop - 7);
    const most = heard.surprise.reduce((a, b) => Math.max(a, b), 1);
    context.fillText(most.toFixed(0), 10, surpriseTop + 10);
    context.fillText("0", 10, surpriseTop + bands.surprise);
    context.fillStyle = own;
    heard.surprise.forEach((nats, t) => {
      const height = (bands.surprise * nats) / most;
      context.fillRect(x(t + 1), surpriseTop + bands.surprise - height, step - 1.5, height);
    });
    this.drawSoon();
  }

  private paintGate(
    context: CanvasRenderingContext2D,
    heard: HeardPiece,
    { gateTop, step }: Layout,
    own: string,
  ): void {
    const name = byId<HTMLSelectElement>("see-gate").value;
    const gate = heard.gates.find((g) => g.name === name) ?? heard.gates[0];
    if (!gate) return;
    const height = bands.gate / heard.hiddenSize;
    context.fillStyle = inkOf("--quiet");
    context.fillText(
      `${gate.name} of every hidden unit: from −1 (dark ink) over 0 to 1`,
      left,
      gateTop - 7,
    );
    context.fillText("unit 1", 4, gateTop + 10);
    context.fillText(`${heard.hiddenSize}`, 10, gateTop + bands.gate);
    const negative = inkOf("--ink");
    for (let t = 0; t < heard.steps; t++)
      for (let i = 0; i < heard.hiddenSize; i++) {
        const value = gate.values[t * heard.hiddenSize + i];
        context.globalAlpha = Math.min(1, Math.abs(value));
        context.fillStyle = value < 0 ? negative : own;
        context.fillRect(left + t * step, gateTop + i * height, step - 0.5, height);
      }
    context.globalAlpha = 1;
  }

  /** The still picture, and on it the chosen step, its reach and the playhead. */
  private draw(): void {
    const { layout, heard, unit } = this;
    if (!layout || !heard || !unit) return;
    const canvas = byId<HTMLCanvasElement>("see-canvas");
    const context = prepared(canvas, layout.width, layout.height);
    context.drawImage(this.still, 0, 0, layout.width, layout.height);
    const { step, reachTop, height } = layout;
    context.font = "12px 'Open Sans', 'Helvetica Neue', Arial, sans-serif";
    context.fillStyle = inkOf("--quiet");
    const about =
      this.reach === undefined
        ? "how far back the gradient of a step reaches: click one"
        : `how far back the gradient of step ${this.reach.step + 1} reaches (each line: ten times less)`;
    context.fillText(about, left, reachTop - 7);
    if (this.reach) {
      for (let decade = 1; decade <= 4; decade++) {
        context.globalAlpha = 0.25;
        context.fillRect(left, reachTop + (bands.reach * decade) / 5, layout.width - left - 8, 1);
      }
      context.globalAlpha = 1;
      context.fillStyle = unitInk(unit.name);
      this.reach.shares.forEach((share, k) => {
        const tall = bands.reach * Math.max(0, 1 + Math.log10(Math.max(share, 1e-9)) / 5);
        const at = left + ((this.reach?.step ?? 0) - k) * step;
        context.fillRect(
          at,
          reachTop + bands.reach - Math.min(bands.reach, tall),
          step - 1.5,
          Math.min(bands.reach, tall),
        );
      });
    }
    if (this.step !== undefined) {
      context.strokeStyle = inkOf("--ink");
      context.lineWidth = 1.5;
      context.strokeRect(left + this.step * step - 0.5, 18, step, height - 26);
    }
    if (this.playhead !== undefined) {
      context.fillStyle = inkOf("--goal");
      context.fillRect(left + this.playhead * step, 16, 2, height - 24);
    }
  }

  private point(event: PointerEvent): void {
    const { layout, heard } = this;
    if (!layout || !heard) return;
    const t = Math.floor((event.offsetX - left) / layout.step);
    if (t < 0 || t > heard.steps) return;
    const row = (event.offsetY - layout.gateTop) / (bands.gate / heard.hiddenSize);
    this.hiddenUnit = row >= 0 && row < heard.hiddenSize ? Math.floor(row) : undefined;
    this.choose(t);
    if (event.type === "pointerdown") void this.askReach(t);
  }

  private move(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -9999, End: 9999 }[event.key];
    if (event.key === "Enter" && this.step !== undefined) void this.askReach(this.step);
    if (by === undefined || !this.heard) return;
    event.preventDefault();
    this.hiddenUnit = undefined;
    this.choose(Math.min(this.heard.steps, Math.max(0, (this.step ?? -1) + by)));
    const { layout } = this;
    if (layout) byId("see-scroll").scrollLeft = left + (this.step ?? 0) * layout.step - 200;
  }

  /** Tells of step t in words, and shows its values in the diagram. */
  private choose(t: number): void {
    const { heard, piece, unit } = this;
    if (!heard || !piece || !unit) return;
    this.step = t;
    const names = (notes: ArrayLike<number>) => Array.from(notes, noteName).join(" ") || "nothing";
    const said = [`Step ${t + 1}: ${names(notesAt(piece, t))}.`];
    if (t > 0) {
      const row = heard.chances.subarray((t - 1) * heard.keys, t * heard.keys);
      const likeliest = Array.from(row, (chance, key) => ({ chance, note: key + heard.lowestNote }))
        .sort((a, b) => b.chance - a.chance)
        .slice(0, 5);
      const expected = likeliest.map(
        ({ note, chance }) => `${noteName(note)} ${Math.round(100 * chance)} %`,
      );
      said.push(
        `${unit.title} expected ${expected.join(", ")}; it paid ${heard.surprise[t - 1].toFixed(1)} nats.`,
      );
    }
    const at = Math.min(t, heard.steps - 1);
    const gateName = byId<HTMLSelectElement>("see-gate").value;
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
      if (ask !== this.asks) return;
      this.reach = { step: t - 1, shares };
      const back = shares.findIndex((share) => share < 0.01);
      byId("see-text").textContent +=
        back < 0
          ? " Its gradient reaches back to the beginning with more than a hundredth."
          : ` Its gradient falls to a hundredth ${back} steps back.`;
      this.drawSoon();
    } catch (error) {
      byId("see-text").textContent = (error as Error).message;
    }
  }

  private async play(): Promise<void> {
    const button = byId("see-play");
    if (button.textContent === "Stop") return this.player.stop();
    const { piece } = this;
    if (!piece) return;
    const { stepsPerQuarter } = this.race.facts ?? { stepsPerQuarter: 1 };
    const { samples, sampleRateHz } = await this.race.studio.ask("sound", {
      roll: piece,
      stepsPerQuarter,
    });
    const step = stepSeconds(stepsPerQuarter);
    let shown = -1;
    this.player.play(
      samples,
      sampleRateHz,
      (seconds) => {
        this.playhead = seconds / step;
        const t = Math.min(piece.length - 1, Math.floor(this.playhead));
        if (t !== shown) this.choose(t);
        shown = t;
        this.drawSoon();
      },
      () => {
        this.playhead = undefined;
        button.textContent = "Play";
        this.drawSoon();
      },
    );
    button.textContent = "Stop";
  }
}
