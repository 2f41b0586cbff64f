// What a zone does to the programs of a pool's clients: challenge pages, Browser Integrity Check, bots rules. A person
// who sees such a page solves it; a phone cannot.

import { CLIENTS, DISCOVERY, OAUTH_TOKEN } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, headerLines, silence, textOf } from "../wire.ts";

export const clients: Check = {
  ...{
    id: "clients",
    group: "zone",
    looks: "whether the zone lets programs in: challenge pages, Browser Integrity Check, bot rules",
  },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const asked = await Promise.all(
      Object.entries(CLIENTS).flatMap(([client, agent]) =>
        [DISCOVERY, OAUTH_TOKEN].map(async (path) => ({
          client,
          answer: await ask({ host: web, path, headers: agent === "" ? {} : { "user-agent": agent } }),
        })),
      ),
    );
    if (asked.every(({ answer }) => answer.kind === "silent")) return unseen(`${web} does not answer`);
    const findings = new Map(
      asked.flatMap(({ client, answer }) => {
        const finding = judgeClient(client, answer);
        return finding === undefined ? [] : [[`${finding.what}`, finding]];
      }),
    );
    return judged([...findings.values()], Object.keys(CLIENTS).join(", "));
  },
};

const SWITCH_OFF = "Put the rules for the gateway's hosts into the zone: npx postern zone apply ZONE";

/** What is wrong with what this client gets. */
export function judgeClient(client: string, answer: Answer): Finding | undefined {
  const about = answer.question.host;
  const find = (what: string, fix: string): Finding => ({
    ...{
      severity: "fault",
      about,
      what,
      why: "A program cannot solve it: it gives up, and the user sees that the server is not available.",
      fix,
    },
  });
  if (answer.kind === "silent")
    return find(
      `${client} gets no answer: ${silence(answer)}`,
      "Other clients get one: look at firewall rules and at what stands before the zone.",
    );
  const text = textOf(answer);
  if (header(answer, "cf-mitigated") !== "" || /cf-challenge|challenge-platform|_cf_chl_opt/.test(text)) {
    return find(
      `${client} gets a challenge page of Cloudflare (${answer.status})`,
      `${SWITCH_OFF}. It skips Bot Fight Mode, Under Attack mode and managed challenges.`,
    );
  }
  const [, code] = /\berror code:? *(10\d\d)\b/i.exec(text) ?? [];
  if (code === "1010")
    return find(
      `${client} is refused by Browser Integrity Check (error 1010)`,
      `${SWITCH_OFF}. Browser Integrity Check must be off.`,
    );
  if (code !== undefined || (answer.status === 403 && /cloudflare/i.test(header(answer, "server")))) {
    return find(
      `${client} is refused by a rule of the zone (${code === undefined ? "403" : `error ${code}`})`,
      "Look at Security, Events in the dashboard for the rule, and except the gateway's hosts from it.",
    );
  }
  if (headerLines(answer, "set-cookie").some((cookie) => cookie.startsWith("__cf_bm="))) {
    return {
      ...find(
        "the zone sets the cookie __cf_bm",
        `${SWITCH_OFF}. Bot Fight Mode and Super Bot Fight Mode must be off.`,
      ),
      ...{
        severity: "warning",
        why: "A bot product is on for this host, and decides by itself whom it challenges: the gateway's clients look like bots.",
      },
    };
  }
  const right = answer.question.path === DISCOVERY ? 200 : 401;
  if (answer.status === right || [429, 503].includes(answer.status)) return undefined; // other checks say it
  return find(
    `${client} gets ${answer.status} from ${answer.question.path}`,
    "Look at Security, Events in the dashboard, and at rules that look at the user agent.",
  );
}
