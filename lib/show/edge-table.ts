import { type Search, searches } from "../sweep/searches.js";
import type { RunRecord } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { paperTable } from "./paper-table.js";
import type { Table } from "./table.js";
import { protocolTitles } from "./table-2.js";

/** Ten rates drawn from exp(U(−12, −6)) lie 0.6 apart on the logarithm, in the mean: as far go the steps beyond. */
const step = Math.exp(0.6);
const steps = [1, 2, 3];

/** The rates to try beyond the one that a search ends in, the nearest first. */
export function ratesBeyond(rate: number, edge: "highest" | "lowest"): number[] {
  const rates = steps.map((k) => (edge === "highest" ? rate * step ** k : rate / step ** k));
  return rates.map((value) => Number(value.toPrecision(2)));
}

/** The command that looks beyond the edge of a search. */
export function commandBeyond({ data, cell, protocol, chosen, edge }: Search): string {
  const [{ configuration }] = chosen;
  const rates = edge ? ratesBeyond(configuration.learningRate, edge) : [];
  return [
    `gated-rnn sweep --data ${data} --cells ${cell} --protocol ${protocol}`,
    `--seed ${configuration.seed} --rates ${rates.join(",")} --epochs ${configuration.epochs}`,
    `--patience ${configuration.patience} --batch-size ${configuration.batchSize}`,
    ...(configuration.data.startsWith("speech")
      ? [`--weight-noise ${configuration.weightNoise}`]
      : []),
    "--out runs/beyond",
  ].join(" ");
}

/**
 * The searches whose best learning rate is the highest or the lowest of those that were tried, and
 * what lies beyond, as far as anybody has looked: validation NLL with the first seed.
 *
 * @param beyond records of runs at rates beyond, with the first seed
 */
export function edgeTable(records: readonly RunRecord[], beyond: readonly RunRecord[]): Table {
  const atEdge = searches(records).filter(({ edge }) => edge);
  return {
    caption: "Searches that end at the edge of their rates, and what lies beyond",
    columns: [
      { title: "data", align: "left" },
      { title: "unit", align: "left" },
      { title: "protocol", align: "left" },
      { title: "best rate", align: "right" },
      { title: "of", align: "right" },
      { title: "valid", align: "right" },
      { title: "beyond: rate and valid", align: "left" },
    ],
    rows: atEdge.map((search) => edgeRow(search, beyond)),
    notes: ["valid: NLL per step in nats of the first seed, which all rates were trained with."],
  };
}

/** For each search at an edge beyond which nobody has looked: the command that does. */
export function commandsBeyond(
  records: readonly RunRecord[],
  beyond: readonly RunRecord[],
): string[] {
  return searches(records).flatMap((search) =>
    search.edge && triedBeyond(search, beyond).length === 0 ? [commandBeyond(search)] : [],
  );
}

function edgeRow(search: Search, beyond: readonly RunRecord[]): string[] {
  const { data, cell, protocol, chosen, rates, edge } = search;
  const [first] = chosen;
  const found = triedBeyond(search, beyond).map(({ configuration, results, status }) => {
    const nll = status === "failed" ? "diverges" : results.valid.nllPerStep.toFixed(2);
    return `${configuration.learningRate.toPrecision(2)}: ${nll}`;
  });
  const music = paperTable.find((row) => row.data === data && row.kind === "music");
  return [
    music?.title ?? data,
    cellTitle(cell),
    protocolTitles[protocol],
    `${first.configuration.learningRate.toPrecision(2)}, the ${edge}`,
    String(rates.length),
    first.results.valid.nllPerStep.toFixed(2),
    found.length > 0 ? found.join(", ") : "not tried",
  ];
}

/** Runs of the first seed beyond the edge, the nearest rate first. */
function triedBeyond({ chosen, edge }: Search, beyond: readonly RunRecord[]): RunRecord[] {
  const [{ configuration: first }] = chosen;
  const away = ({ configuration }: RunRecord) =>
    Math.log(configuration.learningRate / first.learningRate) * (edge === "highest" ? 1 : -1);
  return beyond
    .filter((record) => {
      const { data, cell, protocol, seed, weightNoise } = record.configuration;
      return (
        data === first.data &&
        cell === first.cell &&
        protocol === first.protocol &&
        seed === first.seed &&
        weightNoise === first.weightNoise &&
        away(record) > 0
      );
    })
    .sort((a, b) => away(a) - away(b));
}
