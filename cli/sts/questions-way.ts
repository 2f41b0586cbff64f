// The way of a sign-in, step by step: the redirect, the identifier, the clocks, the token, the ticket. Where one of these
// is wrong, nobody can sign in, so each says what to put right.

import { sidInCompactTicket } from "../../src/core/lync/compact-ticket.ts";
import { issuedAccessToken } from "../../src/core/lync/oauth-token.ts";
import { PASSIVE_PATH } from "../../src/core/sts/redirect.ts";
import { type Answer, header, type Silent, silence, textOf } from "../doctor/wire.ts";
import { after, setCookies } from "./pool.ts";
import {
  answered,
  isAccepted,
  type Outcome,
  open,
  type PoolQuestion,
  type Probe,
  statusOf,
  wrong,
} from "./question.ts";
import { UNNUMBERED, wifNumber, wifWords } from "./wif.ts";

/** Clocks may differ by this much before a token is refused: WIF's MaxClockSkew. */
const MAX_SKEW_MS = 5 * 60_000;
/** From here on somebody should look. */
const NOTED_SKEW_MS = 60_000;
const SWITCH_ON =
  "Switch it on: npx postern sts metadata prints the line for the Lync Server Management Shell. Then recycle LyncExtSignin and LyncIntSignin.";

const SILENT_FIX: Readonly<Record<Silent["fault"], string>> = {
  "no-such-name": "Run this where the name resolves, or give --at https://FRONT_END:4443.",
  refused: "No web site listens there. See the port (the external site has 4443 inside) and IIS, or give --at.",
  "no-answer-in-time": "See the firewall between here and the Front-End, or give --at.",
  "broken-off":
    "If the certificate is from an authority of your own, start with NODE_EXTRA_CA_CERTS=FILE. It must be for the web host. A port that speaks no TLS breaks off as well.",
  unreachable: "Run this from a machine that reaches the Front-End.",
};

export const reach: PoolQuestion = {
  ...{ id: "reach", of: 4, needs: [] },
  asks: "Is passive sign-in on, and does the pool send browsers to this token service?",
  sends: "GET of the page, without cookies",
  async ask({ visit, stsHost, found }) {
    const answer = await visit.openPage();
    if (answer.kind === "silent") {
      return wrong(`the pool does not answer: ${silence(answer)} (${answer.code})`, SILENT_FIX[answer.fault]);
    }
    const location = locationOf(answer);
    if (answer.status >= 500) {
      return wrong(
        `passive sign-in is on or broken, and the page fails with ${answer.status}: the pool may not have been able to read the metadata`,
        `Open the address of npx postern sts metadata on a Front-End. TLS 1.2 must be on for .NET (SchUseStrongCrypto). Then recycle LyncExtSignin and LyncIntSignin.`,
      );
    }
    if (answer.status !== 302 || location === undefined) {
      return wrong(`passive sign-in is off: the page answers ${answer.status} and sends nobody on`, SWITCH_ON);
    }
    if (location.searchParams.get("wa") !== "wsignin1.0") {
      return wrong(`the page leads to ${location.host}, and to no sign-in by WS-Federation`, SWITCH_ON);
    }
    if (location.hostname !== stsHost || location.pathname !== PASSIVE_PATH) {
      return wrong(
        `the pool trusts another token service: it sends browsers to ${location.host}${location.pathname}`,
        `Give it -WsFedPassiveMetadataUri of https://${stsHost}: npx postern sts metadata prints the line.`,
      );
    }
    found.wctx = location.searchParams.get("wctx") ?? "";
    found.begun = after([], answer);
    found.asked = [...location.searchParams].map(([name, value]) => [name, value] as const);
    noteClock(found, answer, location.searchParams.get("wct"));
    const more = found.asked.flatMap(([name]) => (/^(wa|wtrealm|wctx|wct)$/.test(name) ? [] : [name]));
    const beside = more.length === 0 ? "no wreply, wauth or wfresh" : `also ${more.join(", ")}`;
    return answered(`It sends browsers to https://${stsHost}${PASSIVE_PATH}, with ${beside}.`);
  },
};

export const realm: PoolQuestion = {
  ...{ id: "realm", of: 2, needs: ["reach"] },
  asks: "What is the identifier of the relying party, letter by letter?",
  sends: "nothing more: it stands in the redirect",
  ask: async ({ realm: own, reply, found }) => {
    const value = (name: string): string | undefined => found.asked?.find(([each]) => each === name)?.[1];
    const [theirs, wreply] = [value("wtrealm") ?? "", value("wreply")];
    if (theirs !== own) {
      return wrong(
        `the pool calls itself ${JSON.stringify(theirs)}, and STS_REALMS says ${JSON.stringify(own)}`,
        `Write ${theirs} into STS_REALMS behind the web host and "=", and deploy. Upper and lower case and a slash at the end count.`,
      );
    }
    if (wreply !== undefined && wreply !== reply) {
      return wrong(
        `the pool wants the answer at ${JSON.stringify(wreply)}, and Postern sends it to ${JSON.stringify(reply)}`,
        "Write that address into STS_REPLIES, if it is on the web host below /PassiveAuth/, and deploy.",
      );
    }
    return answered(`${own}${wreply === undefined ? "; it names no reply address" : `, with the reply ${wreply}`}.`);
  },
};

export const clock: PoolQuestion = {
  ...{ id: "clock", of: 4, needs: ["reach"] },
  asks: "How far is the pool's clock from this machine's?",
  sends: "nothing more: the redirect has wct, and each answer has a Date",
  ask: async ({ found }) => {
    const { aheadMs } = found;
    if (aheadMs === undefined)
      return open("the pool says no time", "Compare the clocks by hand: w32tm /query /status.");
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    const said = `The pool is ${seconds} s ${aheadMs < 0 ? "behind" : "ahead"}`;
    if (Math.abs(aheadMs) >= MAX_SKEW_MS) {
      return wrong(
        `${said.replace("The", "the")}, or this machine's clock is wrong: no token is good in both`,
        "Set the clock of the Front-End: w32tm /resync. Postern's tokens have Cloudflare's time, which is right.",
      );
    }
    return answered(
      Math.abs(aheadMs) < NOTED_SKEW_MS ? `${said}.` : `${said}: WIF allows 300 s. Look at the time service anyway.`,
    );
  },
};

export const trust: PoolQuestion = {
  ...{ id: "trust", of: 1, needs: ["realm", "clock"] },
  asks: "Does the pool take a token of the key that signs, and so trust metadata that are not AD FS's?",
  sends: "POST of a token for the account, with the pool's own wctx",
  async ask(probe) {
    const { visit, found, keys } = probe;
    const made = await probe.token();
    if (!made.ok) return wrong(`no token can be made: ${made.reason}`, "See npx postern sts metadata for the keys.");
    const answer = await visit.bring(made.value.wresult, found.wctx ?? "", found.begun);
    if (!isAccepted(answer)) return refused(probe, answer);
    found.session = after(found.begun ?? [], answer);
    found.sessionLines = setCookies(answer);
    return answered(`It takes tokens of ${keys[0].thumbprint} (${statusOf(answer)}).`);
  },
};

/** Why the pool took no token, as far as it shows. */
async function refused(probe: Probe, answer: Answer): Promise<Outcome> {
  const { keys, visit, found, now } = probe;
  if (answer.kind === "silent") return wrong(`the pool breaks off: ${silence(answer)}`, SILENT_FIX[answer.fault]);
  if (isOfUnknownUser(answer)) return unknownUser(probe);
  const number = wifNumber(textOf(answer));
  const { said, fix } = number === undefined ? UNNUMBERED : wifWords(number);
  // The pool may say no time of its own. Then a token of another time tells.
  for (const minutes of [-10, 10]) {
    const shifted = await probe.token({ now: now() + minutes * 60_000 });
    if (!shifted.ok || !isAccepted(await visit.bring(shifted.value.wresult, found.wctx ?? "", found.begun))) continue;
    return wrong(
      `the pool refuses the token, and takes one of ${Math.abs(minutes)} minutes ${minutes < 0 ? "ago" : "later"}: its clock is wrong`,
      "Set the clock of the Front-End: w32tm /resync.",
    );
  }
  const name = number === undefined ? statusOf(answer) : `${statusOf(answer)}, ${number}`;
  return wrong(`the pool refuses a token of ${keys[0].thumbprint} (${name}): ${said}`, fix);
}

const unknownUser = ({ account: { sid } }: Pick<Probe, "account">): Outcome =>
  wrong(
    `the pool knows nobody with the SID ${sid}`,
    "Give an account that is enabled for Lync on this pool: Get-CsUser | Select SipAddress, Sid.",
  );

export const ticket: PoolQuestion = {
  ...{ id: "ticket", of: 4, needs: ["trust"] },
  asks: "Does the session get a ticket of OAuth, and for the right account?",
  sends: "POST of the grant urn:microsoft.rtc:passive with the session's cookies",
  async ask({ visit, found, account }) {
    const answer = await visit.grant(found.session);
    if (answer.kind === "silent")
      return wrong(`the token service breaks off: ${silence(answer)}`, SILENT_FIX[answer.fault]);
    if (isOfUnknownUser(answer)) return unknownUser({ account });
    const issued = answer.status === 200 ? issuedAccessToken(textOf(answer)) : undefined;
    if (issued === undefined) {
      return wrong(
        `the pool takes the token and gives no ticket (${statusOf(answer)}${diagnosticsOf(answer)})`,
        "See the path of its cookies below, and whether each Front-End can read them. If /WebTicket/oauthtoken knows no passive grant, the update of the pool is too old.",
      );
    }
    const sid = sidInCompactTicket(issued.text);
    if (sid !== undefined && sid !== account.sid) {
      return wrong(
        `the ticket is for ${sid}, and the token was for ${account.sid}`,
        "Postern refuses such tickets. See SID history and linked accounts of this person.",
      );
    }
    return answered(`It gives a ticket${sid === undefined ? "; its SID cannot be read" : " for the same SID"}.`);
  },
};

export const noSession: PoolQuestion = {
  ...{ id: "no-session", of: 4, needs: ["reach"] },
  asks: "What does the grant answer without a session?",
  sends: "POST of the grant, without cookies",
  async ask({ visit }) {
    const answer = await visit.grant();
    const address = answer.kind === "heard" ? /"ms_rtc_passiveauthuri"\s*:\s*"([^"]*)"/i.exec(textOf(answer)) : null;
    if (answer.kind === "heard" && answer.status === 400 && address !== null) {
      return answered(`400 with ms_rtc_passiveauthuri = ${address[1]}${diagnosticsOf(answer)}.`);
    }
    return wrong(
      `it answers ${statusOf(answer)} without ms_rtc_passiveauthuri: clients do not learn where to sign in`,
      SWITCH_ON,
    );
  },
};

const isOfUnknownUser = (answer: Answer): boolean =>
  answer.kind === "heard" && /^\s*28000\b/.test(header(answer, "x-ms-diagnostics"));

/** The number of the answer's diagnostics, where it has one. */
export const diagnosticsOf = (answer: Answer): string => {
  const number = answer.kind === "heard" ? /^\s*(\d+)/.exec(header(answer, "x-ms-diagnostics"))?.[1] : undefined;
  return number === undefined ? "" : `, X-Ms-diagnostics ${number}`;
};

const locationOf = (answer: Extract<Answer, { kind: "heard" }>): URL | undefined => {
  const text = header(answer, "location");
  return URL.canParse(text) ? new URL(text) : undefined;
};

/** The clock of the relying party stands in `wct`, that of the web server in `Date`. The first judges tokens. */
function noteClock(found: Probe["found"], answer: Extract<Answer, { kind: "heard" }>, wct: string | null): void {
  const theirs = [Date.parse(wct ?? ""), Date.parse(header(answer, "date"))].find((time) => Number.isFinite(time));
  if (theirs !== undefined) found.aheadMs = theirs - answer.at;
}
