// Whether two hosts are one site to a browser. A form that a page of the one posts to the other takes cookies with
// `SameSite=Lax` along only then. Source: RFC 6265bis 5.2. Browsers know the list of public suffixes, and this file does
// not: it knows the usual ones of countries. Pure.

/** `co.uk`, `com.au`: below them domains are sold, so two hosts with this end alone have nothing else in common. */
const SOLD_BELOW = /^(?:ac|co|com|edu|go|gob|gov|gv|ne|net|or|org)\.[a-z]{2}$/;

/**
 * Whether both hosts, in lower case, are below one domain that somebody owns: beside each other, one below the other, or
 * in different branches of it. No, when it cannot be told: then the cookie goes along between sites as well.
 */
export function areSameSite(one: string, other: string): boolean {
  const [mine, theirs] = [one, other].map((host) => host.split(".").toReversed()) as [string[], string[]];
  const differs = mine.findIndex((label, at) => label !== theirs[at]);
  const shared = differs === -1 ? mine : mine.slice(0, differs);
  if (shared.length < 2 || /^\d+$/.test(mine[0] ?? "")) return one === other;
  return shared.length > 2 || !SOLD_BELOW.test(shared.toReversed().join("."));
}
