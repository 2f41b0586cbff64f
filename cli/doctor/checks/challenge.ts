// What the token services offer to somebody without a ticket: one challenge, and never Basic.

import type { Plan } from "../plan.ts";
import { WEB_TICKET, windowsGrant } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, headerLines, silence } from "../wire.ts";

export const challenge: Check = {
  ...{ id: "challenge", group: "handshake", looks: "which challenge the token services offer" },
  async run({ plan, ask }) {
    if (plan.web.length === 0) return unseen("no web host is known: give --host, or a target");
    const questions = plan.web.flatMap((host) => [{ host, path: WEB_TICKET }, windowsGrant(host)]);
    const answers = await Promise.all(questions.map(ask));
    if (answers.every(({ kind }) => kind === "silent")) return unseen(`${plan.web.join(" ")}: no answer`);
    return judged(
      answers.flatMap((answer) => judgeChallenge(answer, plan.challenge)),
      `401 with one challenge on ${plan.web.join(" ")}`,
    );
  },
};

/** What is wrong with the answer of a token service to a request without credentials. */
export function judgeChallenge(answer: Answer, wanted: Plan["challenge"]): readonly Finding[] {
  const about = `https://${answer.question.host}${answer.question.path}`;
  const find = (what: string, why: string, fix: string): Finding[] => [{ severity: "fault", about, what, why, fix }];
  const nobody = "Clients cannot begin a sign-in.";
  if (answer.kind === "silent") return find(silence(answer), nobody, "See the check answers.");
  if (answer.status === 503) return find("it answers 503", nobody, "See npx postern health, and the gateway's log.");
  if (answer.status !== 401) {
    return find(
      `it answers ${answer.status}, and 401 is needed`,
      nobody,
      "Look at what answers: a challenge page or a rule of the zone (check clients), or a program other than Postern.",
    );
  }
  const lines = headerLines(answer, "www-authenticate");
  const schemes = lines.flatMap((line) =>
    [...line.matchAll(/(?:^|,\s*)(NTLM|Negotiate|Basic|Bearer|Digest|Kerberos|MsRtcOAuth)\b/gi)].map(
      ([, scheme]) => scheme ?? "",
    ),
  );
  if (lines.length === 0) {
    return find(
      "the 401 has no WWW-Authenticate",
      nobody,
      "Something on the way takes the header out: look for a response header rule in the zone (Rules, Transform Rules).",
    );
  }
  const basic = schemes.filter((scheme) => /^(basic|digest)$/i.test(scheme));
  if (basic.length > 0) {
    return find(
      `it offers ${basic.join(" and ")}`,
      "A client then sends the password itself, and a user types the directory password.",
      "Postern never offers it. See what answers in its place, or which rule of the zone adds the header.",
    );
  }
  if (schemes.length !== 1) {
    return find(
      `it offers ${schemes.length} challenges: ${lines.join(" | ")}`,
      "Several are joined into one line on the way, and NTLM clients give up at it.",
      "Postern offers one. Take out the response header rule of the zone that adds another; or it is the Front-End that answers (check answers).",
    );
  }
  const [scheme = ""] = schemes;
  if (!/^(ntlm|negotiate)$/i.test(scheme))
    return find(`it offers ${scheme}`, nobody, "Postern offers NTLM or Negotiate. See what answers in its place.");
  if (wanted !== undefined && scheme.toLowerCase() !== wanted.toLowerCase()) {
    return find(
      `it offers ${scheme}, and CHALLENGE is ${wanted}`,
      "An older version answers, or another program.",
      "Deploy this configuration; then see the check answers.",
    );
  }
  return [];
}
