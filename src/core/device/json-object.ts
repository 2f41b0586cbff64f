// Reads one JSON object (RFC 8259) as the list of its members. If two members have the same name, `JSON.parse` keeps
// the last one and other readers keep the first. This reader sees both. It is lenient in one point: it allows a comma
// before `}`, because a published sample of UCWA has one.

import { ok, type Result, refuse } from "../result.ts";

/** A member. `value`: the text of a string, null for null, undefined for anything else. */
export type JsonMember = { readonly name: string; readonly value: string | null | undefined };

/** Deepest nesting of values that are skipped. */
const MAX_DEPTH = 32;

/** The members of the object in `text`, in their order. A name that appears twice is in the list twice. */
export function readJsonObject(text: string): Result<readonly JsonMember[], "not-json"> {
  const members: JsonMember[] = [];
  const reader = new Reader(text);
  reader.skipSpace();
  const whole = reader.object((member) => members.push(member), 0);
  reader.skipSpace();
  return whole && reader.atEnd() ? ok(members) : refuse("not-json");
}

const SPACE = /[\t\n\r ]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NULL = /null/y;
const WORD = /true|false|null/y;
// Each character fits only one alternative, so the expression never backtracks.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that RFC 8259, 7 forbids in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Keeps the position of the reading. Each method reads one thing and says whether it was there. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  skipSpace(): void {
    this.#take(SPACE);
  }

  object(found: (member: JsonMember) => void, depth: number): boolean {
    if (!this.#character("{")) return false;
    this.skipSpace();
    while (!this.#character("}")) {
      const name = this.#string();
      if (name === undefined) return false;
      this.skipSpace();
      if (!this.#character(":")) return false;
      this.skipSpace();
      const value = this.#take(NULL) === undefined ? this.#string() : null;
      if (value === undefined && !this.#otherValue(depth + 1)) return false;
      found({ name, value });
      this.skipSpace();
      if (this.#character(",")) this.skipSpace();
      else if (!this.#next("}")) return false;
    }
    return true;
  }

  #array(depth: number): boolean {
    if (!this.#character("[")) return false;
    this.skipSpace();
    if (this.#character("]")) return true;
    for (;;) {
      if (this.#string() === undefined && !this.#otherValue(depth + 1)) return false;
      this.skipSpace();
      if (this.#character("]")) return true;
      if (!this.#character(",")) return false;
      this.skipSpace();
    }
  }

  #otherValue(depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    if (this.#next("{")) return this.object(() => {}, depth);
    if (this.#next("[")) return this.#array(depth);
    return this.#take(WORD) !== undefined || this.#take(NUMBER) !== undefined;
  }

  #string(): string | undefined {
    const quoted = this.#next('"') ? this.#take(STRING) : undefined;
    return quoted === undefined ? undefined : String(JSON.parse(quoted));
  }

  #next(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #character(character: string): boolean {
    if (!this.#next(character)) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }
}
