// Why a line of a file, or a whole file, is not used: as values, and in English. Pure.

/** Why a line is left out or refused. */
export type LineFault =
  | { readonly code: "width" | "no-address" | "no-account" | "display-name" | "many-groups" | "long" | "off" }
  /** `text`: what the line says. */
  | { readonly code: "lost-letters" | "address" | "needs-domain" | "account" | "upn" | "group"; readonly text: string }
  /** The line has a name of the user `owner`. `meant`: whom the line means, if anybody. */
  | { readonly code: "name-of"; readonly key: string; readonly owner: string; readonly meant?: string }
  /** Only the SIP address, or only the UPN, is that of the user `owner`. */
  | { readonly code: "other-person"; readonly same: "sipUri" | "upn"; readonly owner: string; readonly account: string }
  | { readonly code: "repeated"; readonly other: number }
  /** Two accounts that are one name for Postern (S-10). */
  | { readonly code: "folded"; readonly other: number; readonly account: string; readonly key: string }
  | { readonly code: "shared"; readonly other: number; readonly key: string }
  /** The user comes from the directory `source`, which alone changes what the file has otherwise. */
  | { readonly code: "synced"; readonly source: string }
  /** What the gateway said about the line. */
  | { readonly code: "gateway"; readonly text: string };

/** Why a file cannot be used. */
export type FileFault =
  | { readonly code: "encoding" | "empty" }
  | { readonly code: "no-csv"; readonly text: string }
  | { readonly code: "two-columns" | "no-column"; readonly column: string; readonly header: string };

/** What was read, or why it cannot be used. */
export type Read<Value, Fault> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Fault };
export const no = <const Fault extends LineFault | FileFault>(reason: Fault) => ({ ok: false, reason }) as const;

/** The reason in a sentence. */
export function lineFaultText(fault: LineFault): string {
  switch (fault.code) {
    case "width":
      return "It has another number of values than the header. A value with the separator in it needs quotes.";
    case "lost-letters":
      return `${fault.text} has lost letters: write the file with Export-Csv -Encoding UTF8.`;
    case "no-address":
      return "It has no SIP address.";
    case "address":
      return `${fault.text} is not usable as a SIP address.`;
    case "no-account":
      return "It has no account.";
    case "needs-domain":
      return `${fault.text} needs its NetBIOS domain (--domain).`;
    case "account":
      return `${fault.text} is not usable as an account.`;
    case "upn":
      return `${fault.text} is not usable as a UPN: it is user@domain.`;
    case "display-name":
      return "The display name must be one line of at most 256 characters.";
    case "group":
      return `The group "${fault.text}" is not one word of at most 64 characters. Several stand between semicolons.`;
    case "many-groups":
      return "It has more than 50 groups.";
    case "long":
      return "Its names are too long.";
    case "off":
      return "Enabled is False: not enabled for Lync.";
    case "name-of":
      return `${fault.key} is a name of ${fault.owner}${fault.meant === undefined ? "" : `, and this line means ${fault.meant}`}.`;
    case "other-person":
      return (
        `Only the ${fault.same === "upn" ? "UPN" : "SIP address"} is that of ${fault.owner}, whose account is ${fault.account}: ` +
        'this may be another person. If it is the same person, use "user rename". If not, delete the user first.'
      );
    case "repeated":
      return `Line ${fault.other} says the same.`;
    case "folded":
      return `Line ${fault.other} has the account ${fault.account}. Postern cannot tell the two apart: both are ${fault.key}.`;
    case "shared":
      return `Line ${fault.other} has the name ${fault.key} too. Nobody is added or changed by either.`;
    case "synced":
      return `The user comes from the directory "${fault.source}", which says otherwise: change it there.`;
    case "gateway":
      return fault.text;
  }
}

/** The reason in a sentence. */
export function fileFaultText(fault: FileFault): string {
  switch (fault.code) {
    case "encoding":
      return (
        "It is neither UTF-8 nor UTF-16 with a byte order mark. Write it again with: Export-Csv -Encoding UTF8. " +
        "If Excel saved it in Windows-1252, say so (--encoding windows-1252)."
      );
    case "empty":
      return "It is empty: it has not even a header.";
    case "no-csv":
      return `It is not CSV: ${fault.text}.`;
    case "two-columns":
      return `Two of its columns are the ${fault.column}: ${fault.header}.`;
    case "no-column":
      return `Its header names no ${fault.column}. The header is: ${fault.header}.`;
  }
}
