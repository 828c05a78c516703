import { type Experiment, trainSettings } from "./experiment.ts";
import type { DataFacts, DataSource, RunOrder } from "./messages.ts";
import { Asked, Unit } from "./unit.ts";

/** The units that train, each in a worker of its own, on one data set, by one experiment. */
export class Race {
  units: readonly Unit[] = [];
  facts: DataFacts | undefined;
  runs = false;
  /** A worker that trains nothing: it reads files, checks equations and makes sounds. */
  readonly studio = new Asked();
  private dataset: { readonly key: string; readonly source: DataSource } | undefined;
  private round = 0;

  constructor(
    public experiment: Experiment,
    /** Finds the pieces of an experiment's data, where they are not composed. */
    private readonly find: (
      data: "jsb" | "own",
    ) => Promise<{ source: DataSource; facts: DataFacts }>,
    private readonly onChange: (what: "units" | "curve" | "progress" | "data") => void,
  ) {}

  /** Ends what trains, and begins the experiment anew; it stands until `run`. */
  async begin(experiment: Experiment): Promise<void> {
    const round = ++this.round;
    this.experiment = experiment;
    this.close();
    this.units = [];
    this.onChange("units");
    const key =
      experiment.data === "synthetic" ? `synthetic ${experiment.dataSeed}` : experiment.data;
    if (experiment.data === "synthetic") {
      // the workers compose for themselves, at once; what the page shows of it may come later
      const source = { kind: "synthetic", seed: experiment.dataSeed } as const;
      if (this.dataset?.key !== key) {
        this.facts = undefined;
        void this.studio.ask("compose", { seed: experiment.dataSeed }).then((facts) => {
          if (round === this.round || this.dataset?.key === key) this.facts = facts;
          this.onChange("data");
        });
      }
      this.dataset = { key, source };
    } else {
      const { source, facts } = await this.find(experiment.data);
      if (round !== this.round) return;
      this.dataset = { key, source };
      this.facts = facts;
    }
    const { source } = this.dataset;
    this.units = experiment.units.map(
      (name) =>
        new Unit(name, orderOf(name, experiment, source), (unit) => {
          if (round !== this.round) return;
          const isPoint = unit.curve.length > 0 && unit.share === 0;
          this.onChange(isPoint ? "curve" : "progress");
        }),
    );
    this.run(this.runs);
    this.onChange("data");
    this.onChange("units");
  }

  run(runs: boolean): void {
    this.runs = runs;
    for (const unit of this.units) unit.asked.tell({ kind: "run", runs });
    this.onChange("progress");
  }

  get isOver(): boolean {
    return this.units.length > 0 && this.units.every(({ status }) => status !== "training");
  }

  private close(): void {
    for (const unit of this.units) unit.asked.close();
  }
}

function orderOf(name: string, experiment: Experiment, data: DataSource): RunOrder {
  const { engine, forgetBias, source } = experiment;
  return {
    kind: "train",
    unit: { name, forgetBias, source },
    data,
    engine,
    settings: trainSettings(experiment),
  };
}
