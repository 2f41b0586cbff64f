// What a client is told on its way to a ticket: where the token service is and which grants it has, and which bindings
// the metadata of the web ticket service names.

import type { PassiveOffer } from "../../../src/core/lync/grant-types.ts";
import type { Plan } from "../plan.ts";
import { APPLICATIONS, USER_DISCOVERY, unknownGrant, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, textOf } from "../wire.ts";

export const grants: Check = {
  ...{
    id: "grants",
    group: "handshake",
    looks: "which grants are offered, and where the token services are said to be",
  },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const [oauth, soap, refused] = await Promise.all([
      ask({ host: web, path: APPLICATIONS }),
      ask({ host: web, path: USER_DISCOVERY }),
      ask(unknownGrant(web)),
    ]);
    if (oauth.kind === "silent") return unseen(`${web} does not answer`);
    const findings = [...judgeOauth(oauth, offerOf(plan)), ...judgeTicketUrl(soap), ...judgeUnknownGrant(refused)];
    return judged(findings, /grant_type="([^"]*)"/.exec(header(oauth, "www-authenticate"))?.[1] ?? "");
  },
};

const find = (about: string, what: string, why: string, fix: string): Finding => ({
  ...{ severity: "fault", about, what, why, fix },
});
const NO_TICKET = "Clients do not find where to get a ticket.";
const STRIPPED =
  "Look for a response header rule in the zone that takes it out; or see what answers in Postern's place (check answers).";

/** What `STS_OFFER` says; `unknown`: no settings say it. */
type Offer = PassiveOffer | "unknown";
const offerOf = ({ known, tokenService }: Plan): Offer => tokenService?.offer ?? (known ? "windows" : "unknown");

const PASSIVE = "urn:microsoft.rtc:passive";

/** What is wrong with the challenge of UCWA. `offer`: what the gateway should tell a client that can show a page. */
export function judgeOauth(answer: Answer, offer: Offer = "windows"): readonly Finding[] {
  const about = `https://${answer.question.host}${answer.question.path}`;
  if (answer.kind === "silent" || answer.status !== 401) return [];
  const value = header(answer, "www-authenticate");
  const [, offered] = /^MsRtcOAuth\b.*\bgrant_type="([^"]*)"/.exec(value) ?? [];
  if (offered === undefined) return [find(about, "the 401 has no MsRtcOAuth challenge", NO_TICKET, STRIPPED)];
  const types = offered.split(",").map((type) => type.trim());
  const findings: Finding[] = [];
  const add = (what: string, why: string, fix: string): void => void findings.push(find(about, what, why, fix));
  const windows = types.includes("urn:microsoft.rtc:windows");
  const passive = types.includes(PASSIVE);
  if (!windows && (offer === "windows" || offer === "both" || !passive)) {
    add(
      `no grant for NTLM is offered: ${offered}`,
      "Phones and web clients cannot sign in with an app password.",
      STRIPPED,
    );
  }
  if (windows && offer === "passive") {
    add(
      `the grant for NTLM is offered, and STS_OFFER is "passive": ${offered}`,
      "Clients that could show the page ask for an app password.",
      "See whether this version was deployed, and what answers in its place.",
    );
  }
  if (!passive && (offer === "both" || offer === "passive")) {
    add(
      `the grant ${PASSIVE} is not offered, and STS_OFFER is "${offer}": ${offered}`,
      "Clients do not learn that there is a page to sign in by.",
      STRIPPED,
    );
  }
  const past = types.filter((type) => type === "password" || (type === PASSIVE && offer === "windows"));
  if (past.length > 0) {
    add(
      `the grant ${past.join(" and ")} is offered`,
      "A client that takes it asks the user for the directory password, at AD FS or in its own window.",
      "It is not Postern that answers here. If AD FS signs people in on purpose, see docs/published.md, Sign-in by AD FS fails.",
    );
  }
  if (passive && offer === "unknown") {
    const why = "If this gateway is no token service, a client that takes it asks for the directory password at AD FS.";
    const fix = "Name the target, so that its settings say whether it is meant: npx postern target add --help.";
    findings.push({ severity: "warning", about, what: `the grant ${PASSIVE} is offered`, why, fix });
  }
  return findings;
}

/** What is wrong with the challenge of the services that take a web ticket. */
export function judgeTicketUrl(answer: Answer): readonly Finding[] {
  const about = `https://${answer.question.host}${answer.question.path}`;
  if (answer.kind === "silent" || answer.status !== 401) return [];
  return header(answer, "x-ms-webticketurl") === ""
    ? [find(about, "the 401 does not name the web ticket service (X-MS-WebTicketURL)", NO_TICKET, STRIPPED)]
    : [];
}

/** What is wrong with the answer to a grant that there is not. */
export function judgeUnknownGrant(answer: Answer): readonly Finding[] {
  const about = `https://${answer.question.host}${answer.question.path}`;
  if (answer.kind === "silent" || (answer.status === 400 && textOf(answer).includes("unsupported_grant_type")))
    return [];
  return [
    find(
      about,
      `an unknown grant gets ${answer.status}, and 400 with unsupported_grant_type is needed`,
      "Web clients read from this answer what to try next.",
      "A rule of the zone may replace answers of errors by a page: switch custom error pages off for this host.",
    ),
  ];
}

export const metadata: Check = {
  ...{ id: "metadata", group: "handshake", looks: "which bindings the metadata of the web ticket service names" },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const answer = await ask({ host: web, path: `${WEB_TICKET}/mex` });
    if (answer.kind === "silent") return unseen(`${web} does not answer`);
    return judged(judgeMetadata(answer, plan.certificateTickets), bindingsIn(textOf(answer)).join(" "));
  },
};

const bindingsIn = (xml: string): readonly string[] =>
  [...xml.matchAll(/<(?:\w+:)?port\b[^>]*\bname="(?:WebTicketService)?([^"]*)"/g)].flatMap(([, name]) => name ?? []);

/** What is wrong with the metadata. `certificates`: whether the gateway says that /Cert is open. */
export function judgeMetadata(answer: Answer, certificates: boolean | undefined): readonly Finding[] {
  const about = `https://${answer.question.host}${answer.question.path}`;
  if (answer.kind === "silent") return [];
  const bindings = bindingsIn(textOf(answer));
  if (answer.status !== 200 || bindings.length === 0) {
    return [
      find(
        about,
        `it answers ${answer.status} without a description of the service`,
        "Desktops do not find where to sign in.",
        "See npx postern health. If a page of the zone answers, switch it off for this host.",
      ),
    ];
  }
  const findings: Finding[] = [];
  if (!bindings.some((name) => /^Win(Ntlm|Negotiate)/.test(name))) {
    findings.push(
      find(
        about,
        `no Windows binding is named: ${bindings.join(" ")}`,
        "Desktops cannot sign in with an app password.",
        "Set-CsWebServiceConfiguration -UseWindowsAuth Negotiate at the pool, for Service:WebServer:POOL.",
      ),
    );
  }
  const closed = bindings.filter(
    (name) => /^(Pin|OAuth)/i.test(name) || (certificates === false && /^Cert/.test(name)),
  );
  if (closed.length > 0) {
    findings.push(
      find(
        about,
        `closed bindings are named: ${closed.join(" ")}`,
        "Clients try them first and fail.",
        "Postern takes them out. See what answers in its place, and whether this version was deployed.",
      ),
    );
  }
  return findings;
}
