import { type Experiment, trainSettings } from "./experiment.ts";
import type { DataFacts, DataSource, RunOrder } from "./messages.ts";
import { Asked, Unit } from "./unit.ts";

/** The units that train, each in a worker of its own, on one data set, by one experiment. */
export class Race {
  units: readonly Unit[] = [];
  facts: DataFacts | undefined;
  runs = false;
  private worker: Asked | undefined;
  private dataset: { readonly key: string; readonly source: DataSource } | undefined;
  private round = 0;
  /** The data set whose facts are on their way. */
  private asksFor: string | undefined;

  constructor(
    public experiment: Experiment,
    /** Finds the pieces of an experiment's data, where they are not composed. */
    private readonly find: (
      data: "jsb" | "own",
    ) => Promise<{ source: DataSource; facts: DataFacts }>,
    private readonly onChange: (what: "units" | "curve" | "progress" | "data") => void,
  ) {}

  /** A worker that trains nothing: it reads files, measures data and makes sounds. It is there once something is asked of it. */
  get studio(): Asked {
    this.worker ??= new Asked();
    return this.worker;
  }

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
      // the workers compose for themselves, at once; what the page shows of it comes after their first epoch
      const source = { kind: "synthetic", seed: experiment.dataSeed } as const;
      if (this.dataset?.key !== key) this.facts = undefined;
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
          if (isPoint) this.learnFacts();
          this.onChange(isPoint ? "curve" : "progress");
        }),
    );
    this.run(this.runs);
    if (!this.runs) this.learnFacts();
    this.onChange("data");
    this.onChange("units");
  }

  /** Once for each data set that is composed: what the page shows of it. */
  private learnFacts(): void {
    const { dataset } = this;
    if (this.facts || dataset?.source.kind !== "synthetic" || this.asksFor === dataset.key) return;
    this.asksFor = dataset.key;
    void this.studio.ask("compose", { seed: dataset.source.seed }).then((facts) => {
      this.asksFor = undefined;
      if (this.dataset?.key !== dataset.key) return;
      this.facts = facts;
      this.onChange("data");
    });
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
