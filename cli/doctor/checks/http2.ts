// HTTP/2. NTLM belongs to a connection, and browsers fall back to HTTP/1.1 for it. Postern needs no connection, so the
// handshake has to work over HTTP/2 just as well, if the edge offers it.

import { negotiateMessage } from "../../../src/core/ntlm/client.ts";
import { authorization } from "../ntlm.ts";
import { windowsGrant } from "../services.ts";
import { type Check, type Finding, judged, ok, unseen } from "../types.ts";
import { type Answer, headerLines, silence } from "../wire.ts";
import { sendByHttp2 } from "../wire-h2.ts";
import { judgeType2 } from "./ntlm.ts";

export const http2: Check = {
  ...{ id: "http2", group: "handshake", looks: "whether the handshake works over HTTP/2 as it does over HTTP/1.1" },
  async run({ plan, reach, note, requestMs }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    if (reach.plain) return unseen("the gateway is reached over plain http");
    const first = authorization("NTLM", negotiateMessage());
    const way = reach.way(web, "https", undefined, false);
    const answers = await sendByHttp2(
      [() => windowsGrant(web), () => windowsGrant(web, { authorization: first })],
      way,
      web,
      requestMs,
    );
    if (answers === undefined) return ok(`${web} offers HTTP/1.1 alone`);
    for (const answer of answers) if (answer.kind === "heard") note(answer);
    return judged(judgeHttp2(answers), `${web} offers HTTP/2, and answers there as over HTTP/1.1`);
  },
};

/** What is wrong with the answers to no credentials and to a first message. */
export function judgeHttp2([bare, second]: readonly Answer[]): readonly Finding[] {
  const off =
    "Switch HTTP/2 off for the zone: dashboard, Speed, Protocol Optimization (not on the Free plan). Then see which rule of the zone makes the difference.";
  const find = (what: string): Finding[] => [
    {
      ...{ severity: "fault", about: `https://${bare?.question.host ?? ""} over HTTP/2`, what },
      why: "Clients that speak HTTP/2 cannot sign in, and clients that do not can: it looks as if some devices were broken.",
      fix: off,
    },
  ];
  if (bare === undefined) return [];
  if (bare.kind === "silent") return find(silence(bare));
  const lines = headerLines(bare, "www-authenticate");
  if (bare.status !== 401 || lines.length !== 1) {
    return find(
      `without credentials it answers ${bare.status} with ${lines.length === 0 ? "no challenge" : lines.join(" | ")}`,
    );
  }
  if (second === undefined) return [];
  return judgeType2(second, "NTLM").findings.flatMap(({ what }) => find(what));
}
