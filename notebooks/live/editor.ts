import { byId } from "./dom.ts";
import { Asked, type Refusal } from "./unit.ts";

/** The page's first check waits for so long: until the networks are on their way. */
const firstCheckMs = 3000;

/** A program that records no cell within this time never will. */
const patienceMs = 3000;

/** The box that a unit is written in: checked as it is typed, errors shown at their line. */
export class Editor {
  private readonly box = byId<HTMLTextAreaElement>("source");
  private timer = 0;
  private checks = 0;

  constructor(onRace: (source: string) => void) {
    this.box.addEventListener("input", () => {
      this.number();
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.check(), 350);
    });
    this.box.addEventListener("scroll", () => {
      byId("gutter").scrollTop = this.box.scrollTop;
    });
    byId("mine-race").addEventListener("click", async () => {
      if (await this.check()) onRace(this.box.value);
    });
  }

  set source(source: string) {
    if (this.box.value === source) return;
    const isFirst = this.box.value === "";
    this.box.value = source;
    this.number();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), isFirst ? firstCheckMs : 0);
  }

  /** Whether the equations make a cell; what they look like is drawn beside them. */
  async check(): Promise<boolean> {
    const check = ++this.checks;
    const source = this.box.value;
    const worker = new Asked(); // a program of its own may never end: it can be ended with its worker
    const late = setTimeout(() => worker.close(), patienceMs);
    try {
      const { name, diagram, parameters } = await worker.ask("check", {
        unit: { name: "mine", forgetBias: 0, source },
      });
      if (check !== this.checks) return true;
      this.tell(
        `“${name}” is a unit: ${parameters.toLocaleString("en")} parameters at the paper's budget.`,
      );
      byId("mine-diagram").innerHTML = diagram; // made by the library in this page
      return true;
    } catch (error) {
      if (check !== this.checks) return false;
      const { message, line } = error as Refusal;
      const isLate = message === "it was stopped";
      this.tell(
        isLate ? "expected equations, got a program that does not end" : message,
        line ?? 0,
      );
      return false;
    } finally {
      clearTimeout(late);
      worker.close();
    }
  }

  private tell(text: string, line?: number): void {
    const isWrong = line !== undefined;
    byId("source-problem").textContent = isWrong && line > 0 ? `Line ${line}: ${text}` : text;
    byId("source-problem").classList.toggle("wrong", isWrong);
    this.box.setAttribute("aria-invalid", String(isWrong));
    this.number(line);
  }

  /** The lines' numbers; the wrong one is marked. */
  private number(wrong?: number): void {
    const lines = this.box.value.split("\n");
    byId("gutter").innerHTML = lines
      .map((_, i) => (i + 1 === wrong ? `<b>${i + 1}</b>` : `${i + 1}`))
      .join("\n");
  }
}
