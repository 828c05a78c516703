import { type Command, Option } from "commander";
import { GatedRnnError } from "../errors.js";
import { atlasTable, memoryTable } from "../show/atlas-table.js";
import { tableMarkdown, tableText } from "../show/table.js";
import { atlasRows, memoryRows } from "../sweep/atlas-rows.js";
import { filterRecords, readRecords, recordPlaces } from "../sweep/records.js";
import { type ProtocolName, protocolNames } from "../train/record.js";
import { jsonOption, names, printJson } from "./options.js";

interface AtlasArguments {
  readonly data?: readonly string[];
  readonly cells?: readonly string[];
  readonly protocol?: ProtocolName;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

export function addAtlas(program: Command): void {
  program
    .command("atlas")
    .description(
      "which gate does the work: every variant in some records against its whole unit, with intervals; how long a memory each keeps",
    )
    .argument("[places...]", "folders of records, or records", ["runs/sweep"])
    .option("--data <names>", "only these data sets, parted by commas", names)
    .option("--cells <names>", "only these cells, parted by commas", names)
    .addOption(new Option("--protocol <name>", "only runs by this protocol").choices(protocolNames))
    .option("--markdown", "tables in Markdown")
    .addOption(jsonOption())
    .action((places: readonly string[], { json, markdown, ...args }: AtlasArguments) => {
      const { data, cells, protocol } = args;
      const all = recordPlaces(places).flatMap((place) => readRecords(place));
      const once = [...new Map(all.map((record) => [record.id, record])).values()];
      const records = filterRecords(once, {
        ...(data ? { data } : {}),
        ...(cells ? { cells } : {}),
        ...(protocol ? { protocols: [protocol] } : {}),
      });
      const [rows, memory] = [atlasRows(records), memoryRows(records)];
      if (json) return printJson({ rows, memory });
      if (rows.length === 0 && memory.length === 0)
        throw new GatedRnnError(
          "usage",
          `atlas: expected finished runs in ${places.join(", ")}, got none that fit; gated-rnn sweep --preset atlas makes them`,
        );
      const text = markdown ? tableMarkdown : tableText;
      if (rows.length > 0) console.log(`${text(atlasTable(rows))}\n`);
      if (memory.length > 0) console.log(text(memoryTable(memory)));
    });
}
