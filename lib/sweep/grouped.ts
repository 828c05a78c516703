/** Items by a key, the keys in the order in which their first items come. */
export function grouped<Item, Key>(
  items: readonly Item[],
  key: (of: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
