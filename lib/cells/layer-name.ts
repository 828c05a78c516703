/** A name in a stack: of a gate, a state or a parameter, and of which layer, counted from 1; "r.2". A candidate's mark stays last: "c.2~". */
export function layerName(name: string, layer: number): string {
  return name.endsWith("~") ? `${name.slice(0, -1)}.${layer}~` : `${name}.${layer}`;
}

/** The name without its layer, and the layer; undefined outside of a stack. */
export function layerOf(name: string): { readonly base: string; readonly layer?: string } {
  const found = /^(.+)\.(\d+)(~?)$/.exec(name);
  return found ? { base: found[1] + found[3], layer: found[2] } : { base: name };
}
