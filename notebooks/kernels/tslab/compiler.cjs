const { SourceMap } = require("node:module");
const { tslabRequire } = require("./tslab.cjs");

/** What TypeScript's timer for a new program calls; both of its timers have the same delay. */
const programUpdate = "updateProgramWithWatchStatus";
/** The line before a cell's own lines that tslab has the compiler read. */
const linesBefore = 1;
const embeddedMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

/**
 * From a line of JavaScript to one of TypeScript, for both of tslab's steps, of the code that was
 * compiled last.
 */
let maps = [];

/**
 * Cells are checked with `strict`, packages are found through their `exports`, and where a line of
 * a cell has gone is kept: tslab does none of it. And files that the cells import may change at any
 * time.
 */
function repairCompiler() {
  const file = tslabRequire.resolve("@tslab/typescript-for-tslab");
  const ts = tslabRequire(file);
  const moduleResolution = ts.ModuleResolutionKind.Bundler;
  const options = { strict: true, moduleResolution, inlineSourceMap: true };
  require.cache[file].exports = {
    ...ts,
    createWatchCompilerHost: (files, given, system, ...rest) =>
      ts.createWatchCompilerHost(files, { ...given, ...options }, twoTimers(system), ...rest),
    transpileModule: (script, { compilerOptions, ...given }) => {
      const [, first] = embeddedMap.exec(script) ?? [];
      const { outputText, sourceMapText } = ts.transpileModule(script.replace(embeddedMap, ""), {
        ...given,
        compilerOptions: { ...compilerOptions, sourceMap: true },
      });
      maps = first ? [JSON.parse(sourceMapText), JSON.parse(Buffer.from(first, "base64"))] : [];
      return { outputText: outputText.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n") };
    },
  };
}

/**
 * tslab has room for one timer of the compiler's, to rebuild the program, and throws when there are
 * two. The compiler has another, set when files appear or vanish that it had looked for, as they do
 * when `lib` is built: that one gets a clock.
 */
function twoTimers(system) {
  const { setTimeout: setProgramTimer, clearTimeout: clearProgramTimer } = system;
  const others = new Set();
  system.setTimeout = (callback, delay) => {
    if (callback.name === programUpdate) return setProgramTimer(callback);
    const timer = setTimeout(() => {
      others.delete(timer);
      callback();
    }, delay).unref();
    others.add(timer);
    return timer;
  };
  system.clearTimeout = (timer) => {
    if (others.delete(timer)) clearTimeout(timer);
    else clearProgramTimer(timer);
  };
  return system;
}

/**
 * Of the code that was compiled last: the cell's line, from 1, at a place of the JavaScript;
 * undefined where none is.
 */
function lineFinder() {
  const steps = maps.map((map) => new SourceMap(map));
  return (line, column) => {
    let place = { originalLine: line - 1, originalColumn: column - 1 };
    for (const step of steps) place = step.findEntry(place.originalLine, place.originalColumn);
    const found = place.originalLine - linesBefore + 1;
    return steps.length > 0 && found >= 1 ? found : undefined;
  };
}

module.exports = { repairCompiler, lineFinder };
