import { unitColour } from "./colours.ts";
import { makeControls, offerGpu } from "./controls.ts";
import { curvesSvg, type Level } from "./curves.ts";
import { byId, make, onceAFrame } from "./dom.ts";
import { Editor } from "./editor.ts";
import { type Experiment, fromAddress, mostUnits, toAddress, usual } from "./experiment.ts";
import { Hear } from "./hear.ts";
import { fetchJsb } from "./jsb.ts";
import { lessons } from "./lessons.ts";
import type { ReadFiles } from "./messages.ts";
import { Player } from "./player.ts";
import { Race } from "./race.ts";
import { See } from "./see.ts";
import { Share } from "./share.ts";
import type { Unit } from "./unit.ts";

const baselineTitles: Readonly<Record<string, string>> = {
  bernoulli: "how often each key sounds",
  markov: "one step of memory",
};

/** Puts the page together, and starts the race of its address. */
export function showPage(): void {
  let experiment = fromAddress(location.hash);
  let own: ReadFiles | undefined;
  let jsb: ReadFiles | undefined;
  const player = new Player();
  const composed = new WeakMap<Unit, number>();
  const drawCurves = onceAFrame(() => {
    const { clientWidth, parentElement } = byId("curves");
    const isNarrow = clientWidth < 500;
    const tall = isNarrow ? 300 : Math.max(360, (parentElement?.clientHeight ?? 0) - 110);
    byId("curves").innerHTML = svg(Math.max(280, clientWidth), tall); // numbers and fixed words only
  });
  const showUnits = onceAFrame(() => showCards(race));

  const race: Race = new Race(
    experiment,
    async (data) => {
      if (data === "own") {
        if (own) return own;
        throw new Error("drop MIDI files on the page, or choose them below the controls");
      }
      tell("fetching the JSB Chorales …");
      jsb ??= await fetchJsb(race.studio);
      return jsb;
    },
    (what) => {
      if (what === "units") {
        byId("units").replaceChildren();
        hear.show();
        share.show();
      }
      if (what === "units" || what === "data") {
        see.show();
        drawCurves();
        showData();
      }
      if (what === "curve") {
        drawCurves();
        listenSoon();
        composeFirst();
      }
      showUnits();
      showRun();
    },
  );
  const see: See = new See(race, player, () => {
    const { roll } = hear.primer;
    return roll && roll.length > 1 ? [roll] : [];
  });
  const hear: Hear = new Hear(race, player, () => see.piece);
  const share: Share = new Share(race, () => svg(900, 460));
  const editor = new Editor((source) => {
    const others = experiment.units.filter((name) => name !== "mine");
    change({ source, units: [...others.slice(0, mostUnits - 1), "mine"] });
  });
  const showControls = makeControls((part) => change(part));

  function svg(width: number, height: number): string {
    const { axis, epochs } = experiment;
    const lines = race.units.map((unit) => ({
      title: unit.title,
      colour: unitColour(unit.name),
      curve: unit.curve,
    }));
    return curvesSvg(lines, levelsOf(race), { axis, epochs, width, height });
  }

  function tell(text: string): void {
    byId("status").textContent = text;
  }

  function showData(): void {
    const { facts } = race;
    if (!facts) return;
    const { train, valid, test } = facts.pieces;
    byId("chart-note").textContent =
      `${facts.title}: ${train} pieces to learn from, ${valid} to validate, ${test} to test.` +
      (facts.entropyPerStep === undefined
        ? ""
        : ` Their composer is a program whose entropy is known: no model gets below ${facts.entropyPerStep.toFixed(2)} nats on average.`);
  }

  function showRun(): void {
    const run = byId("run");
    run.textContent = race.isOver ? "Again" : race.runs ? "Pause" : "Start";
    run.classList.toggle("runs", race.runs && !race.isOver);
  }

  let listens: number | undefined;
  /** The picture follows training, twice a second at most and only while somebody can see it. */
  function listenSoon(): void {
    if (!see.isSeen || listens !== undefined) return;
    listens = window.setTimeout(() => {
      listens = undefined;
      void see.listen();
    }, 500);
  }

  /** Every unit is heard twice without being asked: after its first epoch, and when it has ended. */
  function composeFirst(): void {
    for (const unit of race.units) {
      const times = unit.curve.length === 0 ? 0 : unit.status === "training" ? 1 : 2;
      if (times <= (composed.get(unit) ?? 0)) continue;
      composed.set(unit, times);
      if (!player.plays) void hear.compose(unit);
    }
  }

  function change(part: Partial<Experiment>): void {
    const authors = part.protocol && { batchSize: part.protocol === "authors" ? 1 : 2 };
    experiment = { ...experiment, ...authors, ...part };
    history.replaceState(null, "", `#${toAddress(experiment)}`);
    showControls(experiment);
    editor.source = experiment.source;
    showAxis();
    if (Object.keys(part).every((name) => name === "axis")) drawCurves();
    else begin();
  }

  function begin(): void {
    player.stop();
    tell("");
    race.begin(experiment).catch((error: Error) => tell(error.message));
  }

  function showAxis(): void {
    for (const axis of ["epoch", "seconds"] as const)
      byId(`axis-${axis}`).setAttribute("aria-pressed", String(experiment.axis === axis));
  }

  async function take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    tell(`reading ${files.length === 1 ? files[0].name : `${files.length} files`} …`);
    try {
      const read = await Promise.all(
        files.map(async (file) => ({
          name: file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
      own = await race.studio.ask("read", { files: read });
      change({ data: "own" });
      tell(own.notes.slice(0, 4).join(". "));
    } catch (error) {
      tell((error as Error).message);
    }
  }

  byId("run").addEventListener("click", () => {
    if (race.isOver) begin();
    race.run(race.isOver || !race.runs);
  });
  byId("reset").addEventListener("click", () => {
    race.runs = false;
    begin();
  });
  for (const axis of ["epoch", "seconds"] as const)
    byId(`axis-${axis}`).addEventListener("click", () => change({ axis }));
  byId<HTMLInputElement>("files").addEventListener(
    "change",
    (event) => void take([...((event.target as HTMLInputElement).files ?? [])]),
  );
  listenForDrops(take);
  listenForKeys(() => byId("run").click());
  showStage();
  showLessons((set) => {
    race.runs = false;
    change({ ...usual, ...set });
  });
  addEventListener("hashchange", () => {
    experiment = fromAddress(location.hash);
    showControls(experiment);
    editor.source = experiment.source;
    showAxis();
    begin();
  });
  new IntersectionObserver(listenSoon).observe(byId("see-scroll"));
  new ResizeObserver(drawCurves).observe(byId("curves"));
  offerGpu();
  showControls(experiment);
  showAxis();
  editor.source = experiment.source;
  race.runs = true;
  begin();
}

function levelsOf({ facts }: Race): Level[] {
  if (!facts) return [];
  const known = facts.baselines.map(
    ({ name, nllPerStep }): Level => ({
      label: baselineTitles[name] ?? name,
      nllPerStep,
      isGoal: false,
    }),
  );
  const { entropyPerStep } = facts;
  if (entropyPerStep === undefined) return known;
  return [...known, { label: "the composer’s entropy", nllPerStep: entropyPerStep, isGoal: true }];
}

/** A card for every unit: its number, its size, how far it is. */
function showCards({ units }: Race): void {
  const list = byId("units");
  if (list.children.length !== units.length)
    list.replaceChildren(
      ...units.map((unit) => {
        const card = make(
          "li",
          { className: "card unit", id: `card-${unit.name}` },
          make("h3", {}),
          make("p", { className: "number" }),
          make("p", { className: "quiet facts" }),
          make("progress", { max: 1, value: 0, "aria-label": `${unit.title}: this epoch` }),
        );
        card.style.setProperty("--own", unitColour(unit.name));
        return card;
      }),
    );
  units.forEach((unit, i) => {
    const card = list.children[i];
    const [title, number, facts, progress] = card.children;
    title.textContent = unit.title;
    number.textContent = unit.best ? unit.best.valid.nllPerStep.toFixed(2) : "–";
    facts.textContent = wordsOf(unit);
    facts.classList.toggle("wrong", unit.status === "refused" || unit.status === "failed");
    (progress as HTMLProgressElement).value = unit.status === "training" ? unit.share : 1;
  });
}

function wordsOf({ facts, curve, best, status, problem, problemLine }: Unit): string {
  if (problem) return problemLine ? `line ${problemLine}: ${problem}` : problem;
  if (!facts) return "being made …";
  const size = `${facts.hiddenSize} units, ${facts.parameters.toLocaleString("en")} parameters`;
  const last = curve.at(-1);
  if (!last || !best) return size;
  const ms = Math.round((1000 * last.seconds) / last.epoch);
  const ended = status === "training" ? "" : `, ${status}`;
  return `${size}; epoch ${last.epoch}${ended}, best at ${best.epoch}; ${ms} ms an epoch; ${facts.build}`;
}

function listenForDrops(take: (files: readonly File[]) => Promise<void>): void {
  const veil = byId("drop");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    depth += 1;
    veil.hidden = false;
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    veil.hidden = depth === 0;
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    void take([...(event.dataTransfer?.files ?? [])]);
  });
}

/** The space bar starts and pauses, where it does nothing else. */
function listenForKeys(toggle: () => void): void {
  addEventListener("keydown", (event) => {
    const { target } = event;
    const isFree = target === document.body || (target as HTMLElement).tagName === "MAIN";
    if (event.key !== " " || !isFree) return;
    event.preventDefault();
    toggle();
  });
}

/** The race alone, large: for a class. */
function showStage(): void {
  const button = byId("stage");
  const set = (isStage: boolean) => {
    document.body.classList.toggle("stage", isStage);
    button.setAttribute("aria-pressed", String(isStage));
    button.textContent = isStage ? "Leave full screen" : "Full screen";
  };
  button.addEventListener("click", async () => {
    const isStage = !document.body.classList.contains("stage");
    set(isStage);
    if (isStage) await document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) await document.exitFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) set(false);
  });
}

function showLessons(take: (set: Partial<Experiment>) => void): void {
  byId("lessons").append(
    ...lessons.map((lesson, i) => {
      const button = make("button", { type: "button" }, `${i + 1}. ${lesson.title}`);
      button.addEventListener("click", () => {
        const place = byId("lesson");
        place.hidden = false;
        place.replaceChildren(
          make("h2", {}, lesson.title),
          make("p", { className: "question" }, lesson.question),
          make("p", { className: "quiet" }, "Write your answer down, press Start. ", lesson.look),
        );
        for (const other of byId("lessons").querySelectorAll("button"))
          other.toggleAttribute("aria-current", other === button);
        take(lesson.set);
      });
      return make("li", {}, button);
    }),
  );
}
