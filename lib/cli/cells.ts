import type { Command } from "commander";
import { cells as allCells } from "../cells/index.js";
import { latex } from "../cells/latex.js";
import { hiddenSizeFor, paperHiddenSizes, parameterCount } from "../cells/size.js";
import { cellTitle } from "../show/colours.js";
import { jsonOption, printJson } from "./options.js";

/** Input sizes at which the paper's table 1 is met: 20 samples exactly; about 100 notes (its sets have 93 to 108). */
const paperInputs = { music: 100, speech: 20 } as const;

/** About as many parameters as the paper's units have: the size of the cells that are not the paper's. */
const budgets = { music: 20_000, speech: 169_000 } as const;

export function addCells(program: Command): void {
  program
    .command("cells")
    .description(
      "the cells: the paper's, and the zoo of variants; parameters and counts at the paper's sizes (Table 1); equations with --json",
    )
    .addOption(jsonOption())
    .action(({ json }: { json?: boolean }) => {
      const cells = allCells.map((cell) => ({
        cell: cell.name,
        ...(cell.variant ? { variant: cell.variant } : {}),
        parameters: cell.graph.parameters.map((p) => p.name),
        latex: latex(cell),
        sizes: (["music", "speech"] as const).map((task) => {
          const size = {
            inputSize: paperInputs[task],
            hiddenSize:
              paperHiddenSizes[task][cell.name] ??
              hiddenSizeFor(cell, paperInputs[task], budgets[task]),
          };
          return { task, ...size, count: parameterCount(cell, size) };
        }),
      }));
      if (json) return printJson({ cells });
      for (const { cell, variant, parameters, sizes } of cells) {
        console.log(`${cell}: ${parameters.join(" ")}`);
        if (variant)
          console.log(
            `  ${variant.short}, of ${cellTitle(variant.of)}: ${variant.differs} (${variant.source})`,
          );
        for (const { task, inputSize, hiddenSize, count } of sizes)
          console.log(
            `  ${task.padEnd(6)}  ${hiddenSize} hidden units on ${inputSize} inputs: ${count.toLocaleString("en")} parameters`,
          );
      }
    });
}
