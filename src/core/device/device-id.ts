// Gives the id of a device one spelling. Microsoft's clients write GUIDs in all of .NET's forms (`N`, `D`, `B`, `P`).
// Any other id is compared as it was sent.

import { isPrintable } from "../text/printable.ts";
import { type DeviceId, type DeviceIdKind, MAX_DEVICE_ID_CHARS } from "./types.ts";

const GUID = /^([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})$/i;

/**
 * The id that a device gave itself. Undefined if the text is empty or longer than {@link MAX_DEVICE_ID_CHARS}, if it
 * has an invisible character, or if it begins or ends with white space, which only some readers would remove.
 */
export function deviceIdOf(kind: DeviceIdKind, text: string): DeviceId | undefined {
  if (text === "" || text.length > MAX_DEVICE_ID_CHARS) return undefined;
  if (text.trim() !== text || !isPrintable(text)) return undefined;
  const [, a, , b, c, d, e] = GUID.exec(withoutBrackets(text)) ?? [];
  return { kind, id: a === undefined ? text : `${a}-${b}-${c}-${d}-${e}`.toLowerCase() };
}

function withoutBrackets(text: string): string {
  const bracketed = (text.startsWith("{") && text.endsWith("}")) || (text.startsWith("(") && text.endsWith(")"));
  return bracketed ? text.slice(1, -1) : text;
}
