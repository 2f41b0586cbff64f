// The pages of the external site with a sign-in form: the settings page of dial-in conferencing, and the web scheduler.
// Nobody outside knows to which address a real pool's forms send the password. So these pages accept a name and a
// password at every address of theirs and try them. If a gateway lets a password through, the ledger records it.

import { type Answer, bodyText, type Exchange, empty } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { ledgerDigest } from "./ledger.ts";
import { courtesyRedirect, page } from "./pages.ts";
import { requestParams } from "./request-params.ts";

/** `/dialin`: numbers to call, and the form for the page on which a user sets the PIN. */
export async function dialinPage(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  if (exchange.path === "/dialin" && exchange.site === "web") return courtesyRedirect("/dialin/");
  return signInPage(frontEnd, exchange, "Dial-in Conferencing Settings");
}

/** `/scheduler`: the web scheduler. It shows its form to everybody and does not look for a web ticket. */
export async function schedulerPage(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  return signInPage(frontEnd, exchange, "Web Scheduler");
}

const FORM =
  '<form method="post"><input type="hidden" name="__VIEWSTATE" value="/wEP"/>' +
  '<input name="userName"/><input name="password" type="password"/></form>';

async function signInPage(frontEnd: FrontEnd, exchange: Exchange, title: string): Promise<Answer> {
  const fields = await postedFields(exchange);
  const user = fields.find(([name]) => USER_FIELD.test(name))?.[1] ?? "";
  const tried = fields.filter(([name]) => PASSWORD_FIELD.test(name));
  const accepted = tried.map(([, password]) => tryPassword(frontEnd, exchange, user, password));
  if (accepted.includes(true)) return empty(302, [["Location", frontEnd.links.web("/scheduler/")]]);
  return page(title, FORM);
}

/** ASP.NET writes the names of the controls around a field before its name: `ctl00$main$password`. */
const USER_FIELD = /user|login|account|upn|name$/i;
const PASSWORD_FIELD = /pass|pwd|pin$/i;

function tryPassword(frontEnd: FrontEnd, exchange: Exchange, user: string, password: string): boolean {
  const known = frontEnd.users.bySpelling(user);
  const right = known?.enabled === true && known.directoryPassword === password;
  const accepted = right && frontEnd.acceptDirectoryPasswords;
  const secret = ledgerDigest(password);
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, { channel: "form", user, accepted, secret });
  return accepted;
}

/**
 * The fields of a page's form. ASP.NET reads them from the body of a POST. For any other request it reads them from the
 * query, if the query has the hidden fields of a form (Page.DeterminePostBackMode). A script may send JSON.
 */
async function postedFields(exchange: Exchange): Promise<readonly (readonly [name: string, value: string])[]> {
  if (exchange.method !== "POST") {
    const query = [...exchange.query];
    return query.some(([name]) => /^__(viewstate|eventtarget)/i.test(name)) ? query : [];
  }
  return jsonFields(await bodyText(exchange)) ?? (await requestParams(exchange)).entries();
}

function jsonFields(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? Object.entries(value).map(([name, one]) => [name, String(one)])
      : undefined;
  } catch {
    return undefined;
  }
}
