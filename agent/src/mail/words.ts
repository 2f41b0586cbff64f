// Which texts of mail there are, and what their braces may name. Where the Worker delivers mail itself, it uses this
// file, render.ts, harmless.ts and `locales/` as well. So they import nothing but one another.

/**
 * Every text. `.helpdesk`: to the help desk, about somebody. `.self`: the person approves it. `many`: a mail that stands
 * for several of a day. `other.helpdesk`: to the help desk, about what has no text of its own.
 */
export const TEXTS = [
  ...(["device-new", "device-waiting", "device-waiting.self", "device-waiting.helpdesk", "device-blocked"] as const),
  ...(["password-created", "password-expiring", "invitation", "invitation-used", "passkey-added"] as const),
  ...(["passkey-removed", "totp-added", "totp-removed", "passphrase-changed", "recovery-codes-made"] as const),
  ...(["recovery-code-used", "portal-locked", "certificate-left.helpdesk", "reported-not-me.helpdesk"] as const),
  ...(["other.helpdesk", "test", "many", "many.helpdesk"] as const),
] as const;
export type TextName = (typeof TEXTS)[number];

/** What braces may name. */
export const PLACEHOLDERS = [
  ...(["name", "user", "device", "network", "label", "what", "number", "portal", "at", "expiresAt"] as const),
  ...(["count", "link", "organisation", "contact", "subject"] as const),
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A paragraph is one text, or lines below one another. A line whose value is not known is left out. */
export type Text = { readonly subject: string; readonly body: readonly (string | readonly string[])[] };

/** The texts of each language. */
export type Texts = ReadonlyMap<string, Readonly<Partial<Record<TextName, Text>>>>;

/** Whether there is a text of that name. */
export const isTextName = (name: string): name is TextName => TEXTS.some((text) => text === name);

/** The text of that name, in the language that is asked for or else in the usual one. */
export function textOf(texts: Texts, name: string, languages: readonly (string | null)[]): Text | undefined {
  if (!isTextName(name)) return undefined;
  for (const language of languages) {
    const text = texts.get(language?.slice(0, 2).toLowerCase() ?? "")?.[name];
    if (text !== undefined) return text;
  }
  return undefined;
}
