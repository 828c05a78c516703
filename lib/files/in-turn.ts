const last = new Map<string, Promise<unknown>>();

/**
 * Does some work on a file after whatever was asked for it in this process before, however that ended: two that bring or make the
 * same file would write into each other's beginnings.
 */
export function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const turn = (last.get(file) ?? Promise.resolve()).then(work);
  const ended = turn.then(
    () => {},
    () => {},
  );
  last.set(file, ended);
  ended.then(() => {
    if (last.get(file) === ended) last.delete(file);
  });
  return turn;
}
