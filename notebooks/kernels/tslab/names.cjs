const { projectRequire, tslabRequire } = require("./tslab.cjs");

/** What the last cell declared, over what was declared before it. */
let last;
/**
 * The same of a cell that did not end, which tslab knows nothing of until another one has ended.
 */
let kept;

/**
 * `{ dataset }` finds the variable of an earlier cell. tslab keeps variables in an object and
 * rewrites their names, but not in this short form, which fails with "dataset is not defined": so
 * every cell gets the long form, `{ dataset: dataset }`.
 */
function repairNames() {
  const converterModule = projectRequire("tslab/dist/converter.js");
  const { createConverter } = converterModule;
  converterModule.createConverter = (options) => {
    const converter = createConverter(options);
    const known = (previous) => (kept?.over === previous ? kept.declared : previous);
    return {
      ...converter,
      inspect: (previous, ...rest) => converter.inspect(known(previous), ...rest),
      complete: (previous, ...rest) => converter.complete(known(previous), ...rest),
      convert: (previous, source) => {
        const converted = converter.convert(known(previous), withLongForms(source));
        last = { over: previous, declared: converted.declOutput ?? known(previous) };
        return converted;
      },
    };
  };
}

function withLongForms(source) {
  const ts = tslabRequire("@tslab/typescript-for-tslab");
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer)
      names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest));
  return names.reduceRight(
    (text, { text: name, end }) => `${text.slice(0, end)}: ${name}${text.slice(end)}`,
    source,
  );
}

/**
 * The variables of the last cell stay, although it was interrupted: tslab forgets those of a cell
 * that does not end.
 */
function keepNames() {
  kept = last;
}

module.exports = { repairNames, keepNames };
