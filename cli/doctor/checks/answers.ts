// Whether Postern itself answers on every public host. It asks for a directory that Postern publishes on no host: its
// refusal is known, and everything else comes from somebody else.

import { isInsideName } from "../plan.ts";
import { CLOSED } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, isPosterns404, silence } from "../wire.ts";

export const answers: Check = {
  ...{ id: "answers", group: "hosts", looks: "whether Postern answers on each public host, and nothing else does" },
  async run({ plan, reach, ask, resolve }) {
    const asked = await Promise.all(
      plan.publicHosts.map(async (host) => {
        if (reach.fixed === undefined && (await resolve(host)).kind !== "found") return [];
        const answer = await ask({ host, path: CLOSED });
        return [{ host, answer, needed: (plan.known && !isInsideName(host)) || answer.kind === "heard" }];
      }),
    );
    const there = asked.flat();
    if (there.length === 0) return unseen("no public host resolves");
    const findings = there.flatMap(({ host, answer, needed }) => (needed ? (judgeAnswer(host, answer) ?? []) : []));
    return judged(findings, `Postern answers on ${there.map(({ host }) => host).join(" ")}`);
  },
};

/** What is wrong with the answer to a path that Postern closes everywhere. */
export function judgeAnswer(host: string, answer: Answer): Finding | undefined {
  const about = host;
  if (answer.kind === "silent") {
    return {
      ...{ severity: "fault", about, what: silence(answer) },
      why: "No client can use this host.",
      fix: "See whether the name is a custom domain of the Worker (`routes` in wrangler.toml), and whether this machine may open connections to it.",
    };
  }
  if (isPosterns404(answer)) return undefined;
  const { status } = answer;
  if (status === 503 && answer.body.length === 0) {
    return {
      ...{ severity: "fault", about, what: "Postern answers 503 to everything" },
      why: "Its configuration has a fault, or something it depends on is away. Nobody can sign in.",
      fix: 'Read its log: npx wrangler tail --env production, "event": "configuration" or "unavailable". Then: npx postern config check --env production.',
    };
  }
  if (status >= 520 && status <= 530) {
    return {
      ...{ severity: "fault", about, what: `Cloudflare answers ${status}, so no Worker was asked` },
      why: "The name leads to an origin behind Cloudflare and not to the Worker.",
      fix: "Make the name a custom domain of the Worker, and delete its old DNS record: docs/deploy.md.",
    };
  }
  const server = header(answer, "server");
  return {
    ...{
      severity: "fault",
      about,
      what: `something other than Postern answers: ${status}${server === "" ? "" : `, Server: ${server}`}`,
    },
    why: "What reaches the pool by another way is checked by nobody: a stranger can try directory passwords there and lock accounts.",
    fix: "Make this name a custom domain of the Worker. If it is the old reverse proxy, close it when the name has moved: docs/deploy.md.",
  };
}
