import type { PianoRoll } from "gated-rnn/browser";
import {
  beginningOf,
  chordStatistics,
  generator,
  highestNotes,
  notesAt,
  pianoRoll,
  wavBytes,
} from "gated-rnn/browser";
import { unitColour, unitInk } from "./colours.ts";
import { byId, make, save } from "./dom.ts";
import { Primer } from "./piano.ts";
import { type Player, stepSeconds } from "./player.ts";
import type { Race } from "./race.ts";
import { drawRoll } from "./roll-canvas.ts";
import type { Unit } from "./unit.ts";

const steps = 48;
/** Taken from a piece as a beginning. */
const primerSteps = 16;

interface Sample {
  readonly roll: PianoRoll;
  readonly sound: { readonly samples: Float32Array<ArrayBuffer>; readonly sampleRateHz: number };
}

/** What the units compose, side by side; a beginning of the visitor's own; the blind test. */
export class Hear {
  readonly primer: Primer;
  private count = 0;
  /** How often each unit has been asked: the last piece is the one that is kept. */
  private readonly composed = new WeakMap<Unit, number>();
  private readonly score = { right: 0, all: 0 };
  private hidden: string | undefined;

  constructor(
    private readonly race: Race,
    private readonly player: Player,
    /** The piece that is looked at, which a beginning or a melody may be taken from. */
    piece: () => PianoRoll | undefined,
  ) {
    this.primer = new Primer((note) => void this.playRoll(pianoRoll([[note]])));
    byId("sample-all").addEventListener("click", () => {
      for (const unit of race.units) void this.compose(unit);
    });
    byId("harmonise-all").addEventListener("click", () => {
      const roll = piece();
      if (!roll) return;
      const melody = highestNotes(beginningOf(roll, steps));
      for (const unit of race.units) void this.compose(unit, melody);
    });
    byId("primer-play").addEventListener("click", () => {
      const { roll } = this.primer;
      if (roll) void this.playRoll(roll);
    });
    byId("primer-piece").addEventListener("click", () => {
      const roll = piece();
      if (!roll) return;
      const count = Math.min(primerSteps, roll.length);
      this.primer.set(Array.from({ length: count }, (_, t) => [...notesAt(roll, t)]));
    });
    byId("blind-play").addEventListener("click", () => void this.playBlind());
    byId<HTMLInputElement>("temperature").addEventListener("input", (event) => {
      byId("temperature-value").textContent = Number(
        (event.target as HTMLInputElement).value,
      ).toFixed(1);
    });
  }

  /** A card for every unit of the race; the blind test's answers with them. */
  show(): void {
    byId("samples").replaceChildren(...this.race.units.map((unit) => this.card(unit)));
    const choices = [...this.race.units.map(({ name }) => name), "data"];
    for (const old of byId("blind").querySelectorAll(".guess")) old.remove();
    byId("blind").append(
      ...choices.map((name) => {
        const title = name === "data" ? "the real music" : this.titleOf(name);
        const button = make(
          "button",
          { type: "button", className: "guess", disabled: true },
          title,
        );
        button.style.setProperty("--own", name === "data" ? "var(--goal)" : unitColour(name));
        button.addEventListener("click", () => this.guess(name));
        return button;
      }),
    );
  }

  private titleOf(name: string): string {
    return this.race.units.find((unit) => unit.name === name)?.title ?? name;
  }

  private card(unit: Unit): HTMLElement {
    const canvas = make("canvas", { "aria-hidden": "true" });
    const compose = make("button", { type: "button" }, "Compose");
    const play = make("button", { type: "button", disabled: true }, "Play");
    const midi = make("button", { type: "button", disabled: true }, "MIDI");
    const wav = make("button", { type: "button", disabled: true }, "WAV");
    for (const button of [compose, play, midi, wav])
      button.setAttribute("aria-label", `${button.textContent}: ${unit.title}`);
    const text = make("p", { className: "quiet" }, "nothing composed yet");
    const card = make(
      "li",
      { className: "card sample", id: `sample-${unit.name}` },
      make("h3", {}, unit.title),
      canvas,
      text,
      make("div", { className: "row" }, compose, play, midi, wav),
    );
    card.style.setProperty("--own", unitColour(unit.name));
    compose.addEventListener("click", () => void this.compose(unit));
    return card;
  }

  /**
   * New music of this moment's network, or its voices below a melody; drawn at once, and ready to be
   * played.
   */
  async compose(unit: Unit, melody?: PianoRoll): Promise<Sample | undefined> {
    const card = byId(`sample-${unit.name}`);
    const count = (this.composed.get(unit) ?? 0) + 1;
    this.composed.set(unit, count);
    const isLatest = () => this.composed.get(unit) === count && card.isConnected;
    const text = card.querySelector("p") as HTMLElement;
    try {
      const { roll, epoch } = await this.sampleOf(unit, melody);
      if (!isLatest()) return undefined;
      const { stepsPerQuarter } = this.race.facts ?? { stepsPerQuarter: 1 };
      const epochs = epoch === 1 ? "epoch" : "epochs";
      const what = melody ? `, below ${melody.name ?? "a melody"}` : "";
      text.textContent = `after ${epoch} ${epochs}${what}: ${roll.length} steps, ${roll.notes.length} notes${this.voices(roll)}`;
      const canvas = card.querySelector("canvas") as HTMLCanvasElement;
      const draw = (playhead?: number) =>
        drawRoll(canvas, roll, {
          ink: unitInk(unit.name),
          width: Math.max(120, card.clientWidth - 32),
          height: 110,
          ...(playhead === undefined ? {} : { playhead }),
        });
      draw();
      const [, play, midi, wav] = card.querySelectorAll("button");
      for (const button of [play, midi, wav]) button.disabled = true; // they are of the piece before
      const sound = await this.race.studio.ask("sound", { roll, stepsPerQuarter }); // not by the unit: it trains on
      if (!isLatest()) return undefined;
      for (const button of [play, midi, wav]) button.disabled = false;
      const step = stepSeconds(stepsPerQuarter);
      play.onclick = () => {
        if (play.textContent === "Stop") return this.player.stop();
        this.player.play(
          sound.samples,
          sound.sampleRateHz,
          (seconds) => draw(seconds / step),
          () => {
            play.textContent = "Play";
            draw();
          },
        );
        play.textContent = "Stop";
      };
      const name = `${unit.name}-epoch-${epoch}`;
      midi.onclick = async () => {
        const { bytes } = await unit.asked.ask("midi", { roll, stepsPerQuarter });
        save(`${name}.mid`, "audio/midi", bytes as BlobPart);
      };
      wav.onclick = () =>
        save(`${name}.wav`, "audio/wav", wavBytes([sound.samples], sound.sampleRateHz) as BlobPart);
      card.dataset.loudest = String(loudest(sound.samples));
      return { roll, sound };
    } catch (error) {
      text.textContent = (error as Error).message;
      return undefined;
    }
  }

  private sampleOf(unit: Unit, melody?: PianoRoll) {
    this.count += 1;
    const seed = 1000 * this.race.experiment.seed + this.count;
    const temperature = Number(byId<HTMLInputElement>("temperature").value);
    if (melody) return unit.asked.ask("harmonise", { seed, temperature, melody });
    return unit.asked.ask("sample", { seed, temperature, steps, primer: this.primer.roll });
  }

  /** How many steps have as many voices as most of the real music's. */
  private voices(roll: PianoRoll): string {
    const { voices } = this.race.facts ?? {};
    if (!voices) return "";
    const share = chordStatistics([roll]).voices.get(String(voices.most)) ?? 0;
    const percent = (part: number) => `${Math.round(100 * part)} %`;
    return `; ${voices.most} ${voices.most === 1 ? "voice" : "voices"} in ${percent(share)} of steps (the real music: ${percent(voices.share)})`;
  }

  private async playRoll(roll: PianoRoll): Promise<void> {
    const { stepsPerQuarter } = this.race.facts ?? { stepsPerQuarter: 1 };
    const { samples, sampleRateHz } = await this.race.studio.ask("sound", {
      roll,
      stepsPerQuarter,
    });
    this.player.play(samples, sampleRateHz);
  }

  private async playBlind(): Promise<void> {
    const names = [...this.race.units.map(({ name }) => name), "data"];
    const random = generator(this.count + Math.floor(performance.now()), "blind test");
    const name = names[random.integer(names.length)];
    const { units, facts } = this.race;
    const unit = units.find((u) => u.name === name);
    try {
      const examples = facts?.examples ?? [];
      const roll = unit
        ? (await this.sampleOf(unit)).roll
        : examples[random.integer(Math.max(1, examples.length))];
      if (!roll) throw new Error("the music is not there yet: try again in a moment");
      this.hidden = name;
      byId("blind-answer").textContent = "Listen, then choose.";
      for (const guess of byId("blind").querySelectorAll<HTMLButtonElement>(".guess"))
        guess.disabled = false;
      await this.playRoll(roll);
    } catch (error) {
      byId("blind-answer").textContent = (error as Error).message;
    }
  }

  private guess(name: string): void {
    if (this.hidden === undefined) return;
    const isRight = name === this.hidden;
    this.score.all += 1;
    if (isRight) this.score.right += 1;
    const was = this.hidden === "data" ? "the real music" : this.titleOf(this.hidden);
    const { right, all } = this.score;
    const chance = Math.round(100 / (this.race.units.length + 1));
    byId("blind-answer").textContent =
      `${isRight ? "Right" : "No"}: it was ${was}. ${right} of ${all} right; by guessing, ${chance} %.`;
    this.hidden = undefined;
    for (const guess of byId("blind").querySelectorAll<HTMLButtonElement>(".guess"))
      guess.disabled = true;
  }
}

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
