/**
 * JSON in which every object has each of its names once. `JSON.parse` keeps the last of several without a word, and so may take
 * what was never written.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value = parseInOneLine(text);
  const name = repeatedName(text);
  if (name !== undefined) throw new SyntaxError(`the name ${JSON.stringify(name)} twice`);
  return value;
}

/** JSON.parse quotes what it stumbles over, with its line breaks. */
function parseInOneLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError((error as Error).message.replaceAll(/\s+/g, " "), { cause: error });
  }
}

/** The first name that an object has a second time, in text that is JSON. */
function repeatedName(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // names of the objects that are open; of lists nothing
  for (let at = 0; at < text.length; at++)
    switch (text[at]) {
      case "{":
        open.push(new Set());
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        const names = open.at(-1);
        if (names && /^\s*:/.test(text.slice(end + 1, end + 64))) {
          const name = JSON.parse(text.slice(at, end + 1)) as string;
          if (names.has(name)) return name;
          names.add(name);
        }
        at = end;
      }
    }
  return undefined;
}

/** Where the quotation mark stands that ends a string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
