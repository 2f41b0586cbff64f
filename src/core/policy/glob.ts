// Patterns in which `*` stands for any characters, none included, and `?` for exactly one. Nothing else is special, so no
// text can be a catastrophic expression: a match takes at most (length of pattern) × (length of text) steps, which for a
// given pattern is linear in the text, and both lengths are bounded.

/** Longest pattern of a policy, in UTF-16 code units. */
export const MAX_PATTERN_CHARS = 200;
/** Of a longer text only the beginning is looked at. The facts of a device are all shorter. */
const MAX_TEXT_CHARS = 1_000;

/** Whether the whole text is what the pattern says, without regard to case. */
export function globMatches(pattern: string, text: string): boolean {
  const wanted = charactersOf(pattern.slice(0, MAX_PATTERN_CHARS).toLowerCase());
  const given = charactersOf(text.slice(0, MAX_TEXT_CHARS).toLowerCase());
  let [at, place] = [0, 0];
  // The last star, and where in the text what follows it was tried last. An earlier star never has to be tried again: what
  // lies between the two is found at its first place already.
  let [star, tried] = [-1, 0];
  while (place < given.length) {
    const sign = wanted[at];
    if (sign === "*") {
      star = at++;
      tried = place;
    } else if (sign === "?" || (sign !== undefined && sign === given[place])) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++tried;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}

/** A pair of surrogates is one character; a text without any is read as it is. */
const charactersOf = (text: string): ArrayLike<string> => (/[\ud800-\udbff]/.test(text) ? Array.from(text) : text);
