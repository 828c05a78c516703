/** Many names in few words: the first ones, and how many more there are. */
export function firstNames(names: readonly string[], shown = 3): string {
  const first = names.slice(0, shown).join(", ");
  return names.length > shown ? `${first} and ${names.length - shown} more` : first;
}
