/**
 * A message of protocol buffers (protobuf.dev/programming-guides/encoding): fields by number, each a whole number, a text, bytes, a message
 * or a list of them. Only what ONNX's files need of the format, and only writing; the libraries for it bring parsers and code generators.
 */
export interface Message {
  readonly [field: number]: Field | readonly Field[] | undefined;
}
type Field = number | string | Uint8Array | Message;

/** The bytes of a message, fields by rising number. */
export function encodeMessage(message: Message): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, content] of Object.entries(message))
    for (const field of listOf(content)) parts.push(...encodeField(Number(number), field));
  return Buffer.concat(parts);
}

function listOf(content: Field | readonly Field[] | undefined): readonly Field[] {
  if (content === undefined) return [];
  return Array.isArray(content) ? content : [content as Field];
}

function encodeField(number: number, field: Field): Uint8Array[] {
  if (typeof field === "number") return [variable(number * 8), variable(field)];
  const bytes =
    typeof field === "string"
      ? Buffer.from(field)
      : field instanceof Uint8Array
        ? field
        : encodeMessage(field);
  return [variable(number * 8 + 2), variable(bytes.length), bytes];
}

/** A whole number from 0 on, seven bits to a byte, the lowest first. */
function variable(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
