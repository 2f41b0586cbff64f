// The NTLM handshake as far as it goes without a password: the challenge must come back whole, and the answer to it must
// reach the gateway with the sealed text that it gave. Each leg is on a connection of its own.

import { randomBytes } from "node:crypto";
import { negotiateMessage } from "../../../src/core/ntlm/client.ts";
import { judgeReason, reasonOf } from "../audit-reason.ts";
import { authorization, type Challenge, messageIn, readChallenge, wrongAnswer } from "../ntlm.ts";
import { OAUTH_TOKEN, WEB_TICKET, windowsGrant } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, headerLines, silence } from "../wire.ts";

/** The longest challenge that every client takes: curl gives up beyond it. */
const MAX_CHALLENGE_CHARS = 1_600;
/** What the Authorization header of a client may have: a Kerberos ticket of somebody in many groups. */
const LONG_BYTES = 9_000;

const find = (about: string, what: string, why: string, fix: string): Finding => ({
  ...{ severity: "fault", about, what, why, fix },
});
const NOBODY_GETS_IN = "Nobody can sign in.";

export const ntlm: Check = {
  ...{
    id: "ntlm",
    group: "handshake",
    looks: "whether NTLM's challenge comes back whole, over HTTP/1.1, as NTLM and as Negotiate",
  },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const first = negotiateMessage();
    const short = await Promise.all(
      plan.web.flatMap((host) =>
        (["NTLM", "Negotiate"] as const).map(async (scheme) => ({
          scheme,
          answer: await ask(windowsGrant(host, { authorization: authorization(scheme, first) })),
        })),
      ),
    );
    if (short.every(({ answer }) => answer.kind === "silent")) return unseen(`${plan.web.join(" ")}: no answer`);
    const findings = short.flatMap(({ answer, scheme }) => judgeType2(answer, scheme).findings);
    // It is no NTLM message, so it names nobody and is not counted.
    const long = await ask({
      host: web,
      path: WEB_TICKET,
      headers: { authorization: `Negotiate ${"A".repeat(LONG_BYTES)}` },
    });
    return judged([...findings, ...judgeLong(long)], "the challenge is whole and has its sealed text");
  },
};

/** What is wrong with the answer to a first message, and the challenge in it if there is one. */
export function judgeType2(answer: Answer, scheme: string): { findings: readonly Finding[]; challenge?: Challenge } {
  const about = `https://${answer.question.host}${OAUTH_TOKEN} (${scheme})`;
  const wrong = (what: string, fix: string) => ({ findings: [find(about, what, NOBODY_GETS_IN, fix)] });
  if (answer.kind === "silent") return wrong(silence(answer), "See the check answers.");
  const lines = headerLines(answer, "www-authenticate");
  if (answer.status !== 401 || lines.length === 0) {
    return wrong(
      `the first message gets ${answer.status}${lines.length === 0 ? " without WWW-Authenticate" : ""}`,
      "Something on the way answers in Postern's place or takes the header out: rules of the zone, WAF, Access.",
    );
  }
  const text = lines.length === 1 ? messageIn(lines[0] ?? "", scheme) : undefined;
  if (text === undefined) {
    return wrong(
      `the first message gets no challenge back, but ${lines.map((line) => line.slice(0, 30)).join(" | ")}`,
      "The header Authorization does not reach Postern, or is changed: look for a request header rule in the zone, a WAF rule, or a proxy before it.",
    );
  }
  const challenge = readChallenge(text);
  if (challenge === undefined) {
    return wrong(
      "the challenge that comes back is cut off or changed",
      "Something on the way rewrites WWW-Authenticate or limits its length. Postern sends less than 1,300 characters.",
    );
  }
  if (challenge.token === undefined) {
    return wrong(
      "the challenge has no sealed text, so it is not Postern's",
      "The Front-End or the old proxy answers here: see the check answers.",
    );
  }
  if (text.length > MAX_CHALLENGE_CHARS) {
    return wrong(
      `the challenge has ${text.length} characters`,
      "Something on the way makes it longer; some clients take no more than 1,600.",
    );
  }
  return { findings: [], challenge };
}

/** What is wrong with the answer to a long Authorization that is no message. */
export function judgeLong(answer: Answer): readonly Finding[] {
  if (answer.kind === "heard" && (answer.status === 401 || answer.status === 503)) return [];
  const said = answer.kind === "silent" ? silence(answer) : `it gets ${answer.status}`;
  return [
    find(
      `https://${answer.question.host}${answer.question.path}`,
      `a request with a long Authorization header (${LONG_BYTES} characters) does not reach Postern: ${said}`,
      "Clients inside a domain may send a Kerberos ticket first, which is as long; they get an error and not a challenge.",
      "Cloudflare takes 128 KB of headers. See what else stands before the Worker, and whether a WAF rule looks at lengths.",
    ),
  ];
}

export const wrongPassword: Check = {
  ...{
    id: "wrong-password",
    group: "handshake",
    looks: "whether a wrong answer to the challenge arrives as it was sent, and is refused",
  },
  counted: true,
  withinMs: 40_000,
  async run(doctor) {
    const { plan, ask, inside } = doctor;
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const negotiate = negotiateMessage();
    const first = await ask(windowsGrant(web, { authorization: authorization("NTLM", negotiate) }));
    const { challenge } = judgeType2(first, "NTLM");
    if (challenge === undefined) return unseen("there was no challenge to answer: see the check ntlm");
    const user = `postern-doctor-${randomBytes(4).toString("hex")}`;
    const message = wrongAnswer(challenge, { negotiate, user, host: web, now: doctor.now() });
    if (message === undefined) return unseen("the challenge is too weak to answer: see the check ntlm");
    const answer = await ask(windowsGrant(web, { authorization: authorization("NTLM", message) }));
    const findings = judgeWrong(answer);
    if (findings.length > 0 || answer.kind === "silent") return judged(findings, "");
    const reason = await reasonOf(inside, header(answer, "x-request-id") || header(answer, "cf-ray"));
    const finding = reason === undefined ? undefined : judgeReason(reason, answer.question.host);
    const said = reason === undefined ? "" : ` (audit: ${reason})`;
    return judged(
      finding === undefined ? [] : [finding],
      `refused with a bare 401${said}; only a sign-in (--account) shows that the sealed text comes back`,
    );
  },
};

/** What is wrong with the answer to a wrong password. */
export function judgeWrong(answer: Answer): readonly Finding[] {
  const about = `https://${answer.question.host}${OAUTH_TOKEN}`;
  if (answer.kind === "silent") {
    return [
      find(
        about,
        `the answer to the challenge gets nothing: ${silence(answer)}`,
        NOBODY_GETS_IN,
        "The header Authorization is some 900 characters long here. See what on the way does not like it: WAF rules, limits of a proxy.",
      ),
    ];
  }
  if (answer.status >= 200 && answer.status < 300) {
    return [
      find(
        about,
        `a wrong password for a name that nobody has gets ${answer.status}`,
        "Everybody gets in.",
        "Take the gateway off the net now. It is not Postern that answers: see the check answers.",
      ),
    ];
  }
  const lines = headerLines(answer, "www-authenticate");
  if (answer.status === 401 && lines.length === 1 && /^(NTLM|Negotiate)$/i.test((lines[0] ?? "").trim())) return [];
  return [
    find(
      about,
      `a wrong password gets ${answer.status}${lines.length === 0 ? "" : ` with ${lines.join(" | ")}`}, and a bare 401 is needed`,
      "A client takes another status for a broken server: it does not ask for the password again.",
      answer.status === 503
        ? "Something that Postern depends on is away: npx postern health."
        : "A rule of the zone replaces the answer: look at the WAF, at rate limiting rules, and at custom error pages.",
    ),
  ];
}
