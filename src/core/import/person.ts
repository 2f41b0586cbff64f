// One line of a file of people: who it is, or why it cannot be used. Pure.

import { normaliseName, sipUriOf, splitAccount } from "../credentials/names.ts";
import { isParked } from "../directory/parked.ts";
import { ok } from "../result.ts";
import { isDisplayable } from "../text/printable.ts";
import { type LineFault, no, type Read } from "./said.ts";
import type { Cells, Line } from "./table.ts";

/** Somebody as the file says. What is undefined, the file does not say, and it stays as it is. */
export type Person = {
  readonly line: number;
  /** Normalised, with `sip:`. */
  readonly sipUri: string;
  /** `DOMAIN\user`, in the file's spelling. */
  readonly account: string;
  readonly upn?: string;
  readonly displayName?: string;
  readonly groups?: readonly string[];
  /** The names as Postern compares them (S-10). */
  readonly keys: { readonly sipUri: string; readonly account: string; readonly upn?: string };
};

/**
 * A line that cannot be used. `keys`: those of its names that can be read. `user`: the best of them, for the report.
 */
export type Unusable = {
  readonly line: number;
  readonly user: string;
  readonly because: LineFault;
  readonly keys: readonly string[];
};

/** What a line comes to. `off`: `Enabled` is False, so the person is not enabled for Lync. */
export type Reading =
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "unusable"; readonly unusable: Unusable }
  | { readonly kind: "off"; readonly line: number; readonly user: string };

/** The API's own limits, so that the report says it before anything is sent. */
const MAX_GROUPS = 50;
const MAX_NAME_CHARS = 256;
const GROUP = /^[^\p{C}\p{Z}]{1,64}$/u;

/** Reads a line. `domain`: the NetBIOS domain of accounts for which the file names none. */
export function readLine({ line, cells }: Line, domain: string | undefined): Reading {
  if (cells === undefined) {
    return { kind: "unusable", unusable: { line, user: "", because: { code: "width" }, keys: [] } };
  }
  const user = cells.sipUri || cells.account || cells.upn || "";
  if (/^false$/i.test(cells.enabled ?? "")) return { kind: "off", line, user };
  const accountText = accountOf(cells, domain);
  const person = personIn(line, cells, accountText);
  if (person.ok) return { kind: "person", person: person.value };
  const keys = [cells.sipUri ?? "", cells.upn ?? "", accountText].flatMap((text) => keyOf(text) ?? []);
  return { kind: "unusable", unusable: { line, user, because: person.reason, keys } };
}

function personIn(line: number, cells: Cells, accountText: string): Read<Person, LineFault> {
  const { sipUri: address = "", upn = "", displayName = "" } = cells;
  // PowerShell 5 writes ASCII unless told otherwise: every other letter becomes a question mark.
  const lost = [address, upn, accountText].find((text) => text.includes("?"));
  if (lost !== undefined) return no({ code: "lost-letters", text: lost });
  if (address === "") return no({ code: "no-address" });
  const sipUri = sipUriOf(address);
  if (!sipUri.ok || isParked(address)) return no({ code: "address", text: address });
  if (accountText === "") return no({ code: "no-account" });
  const account = splitAccount(accountText);
  if (!account.ok) {
    return no({ code: account.reason === "unqualified" ? "needs-domain" : "account", text: accountText });
  }
  if (isParked(accountText)) return no({ code: "account", text: accountText });
  const upnKey = upn === "" ? undefined : keyOf(upn);
  if (upn !== "" && (upnKey?.includes("@") !== true || isParked(upn))) return no({ code: "upn", text: upn });
  if (displayName.length > MAX_NAME_CHARS || !isDisplayable(displayName)) {
    return no({ code: "display-name" });
  }
  const groups = cells.groups === undefined ? ok(undefined) : groupsIn(cells.groups);
  if (!groups.ok) return groups;
  const spelt = `${account.value.domain}\\${account.value.account}`;
  // Either may be longer than what the file has: by the scheme, or by a letter that stands for several.
  if (Math.max(sipUri.value.length, spelt.length) > MAX_NAME_CHARS) return no({ code: "long" });
  return ok({
    ...{ line, sipUri: sipUri.value, account: spelt },
    ...(upn === "" ? {} : { upn }),
    ...(displayName === "" ? {} : { displayName }),
    ...(groups.value === undefined ? {} : { groups: groups.value }),
    keys: {
      sipUri: keyOf(sipUri.value) ?? sipUri.value,
      account: keyOf(spelt) ?? spelt,
      ...(upnKey === undefined ? {} : { upn: upnKey }),
    },
  });
}

/** The account with its domain, if there is any: its own, the column's, or the option's. */
function accountOf({ account = "", domain: column = "" }: Cells, option: string | undefined): string {
  if (account === "" || /[\\/]/.test(account)) return account;
  const domain = column || option;
  return domain === undefined ? account : `${domain}\\${account}`;
}

function groupsIn(text: string): Read<readonly string[], LineFault> {
  const words = text.split(";").map((word) => word.trim());
  const groups = [...new Set(words)].filter((word) => word !== "");
  const bad = groups.find((word) => !GROUP.test(word));
  if (bad !== undefined) {
    return no({ code: "group", text: bad });
  }
  return groups.length > MAX_GROUPS ? no({ code: "many-groups" }) : ok(groups);
}

/** The key of a name as Postern compares names; undefined for a text that cannot be a name. */
export function keyOf(text: string): string | undefined {
  const key = normaliseName(text);
  return key.ok ? key.value : undefined;
}
