/** An element of the page by its id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page: expected an element #${id}, got none`);
  return found as E;
}

type Properties = Readonly<Record<string, unknown>>;

/** A new element: names with a dash are attributes, others properties. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  element.append(...children);
  return element;
}

/** Gives the visitor a file. */
export function save(name: string, type: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Does something at most once a frame, however often it is asked for. */
export function onceAFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/** Fills a choice, keeping what is chosen where it is still there. */
export function options(
  id: string,
  choices: readonly (readonly [string, string])[],
  first: string,
): void {
  const select = byId<HTMLSelectElement>(id);
  const before = select.value;
  const isSame =
    select.options.length === choices.length &&
    choices.every(
      ([value, text], i) => select.options[i].value === value && select.options[i].text === text,
    );
  if (isSame) return;
  select.replaceChildren(
    ...choices.map(([value, textContent]) => make("option", { value, textContent })),
  );
  const has = (value: string) => choices.some(([v]) => v === value);
  select.value = has(before) ? before : has(first) ? first : (choices[0]?.[0] ?? "");
}
