// Names and addresses of the inside in everything that was seen, and what servers tell of themselves.

import { namedHosts } from "../plan.ts";
import { isPrivateAddress } from "../resolve.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Heard, textOf } from "../wire.ts";

const TELLING =
  /^(x-ms-server-fqdn|x-powered-by|x-aspnet(mvc)?-version|x-sourcefiles|x-feserver|x-beserver|x-calculatedbetarget|x-forwarded-(for|host|server)|x-backend|x-server|via)$/;
const ADDRESS = /(?<![\d.])(?:10|172|192|169|100)\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])/g;
/** A version behind the name of a product. */
const VERSIONED = /\/\d/;

export const leaks: Check = {
  ...{
    id: "leaks",
    group: "translation",
    looks: "whether any answer that was seen tells a name, an address or a version of the inside",
  },
  last: true,
  async run({ plan, heard }) {
    if (heard.length === 0) return unseen("no host of the gateway has answered");
    const findings = new Map(
      heard.flatMap((answer) =>
        judgeLeaks(answer, plan.internal, namedHosts(plan)).map((one) => [`${one.what}`, one] as const),
      ),
    );
    const named = plan.internal.length === 0 ? ", and no name of the inside was given: --internal" : "";
    return judged([...findings.values()], `${heard.length} answers${named}`);
  },
};

/** What an answer tells of the inside. A public host may lie below a domain of the inside. */
export function judgeLeaks(
  heard: Heard,
  internal: readonly string[],
  publicHosts: readonly string[],
): readonly Finding[] {
  const about = `https://${heard.question.host}${heard.question.path}`;
  const find = (severity: Finding["severity"], what: string, fix: string): Finding => ({
    ...{
      severity,
      about,
      what,
      why: "A stranger learns how the inside is built, and which names and versions to attack.",
      fix,
    },
  });
  const body = textOf(heard);
  const headers = heard.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const findings: Finding[] = [];
  for (const [name, value] of heard.headers) {
    if (TELLING.test(name)) {
      findings.push(
        find(
          "fault",
          `the header ${name} comes through: ${value}`,
          "Postern takes it out of the pool's answers. See what adds it: a rule of the zone, or a program that answers in Postern's place.",
        ),
      );
    }
    if (name === "server" && VERSIONED.test(value)) {
      findings.push(
        find(
          "warning",
          `the server says its version: ${value}`,
          "Postern and Cloudflare do not. See what answers in their place (check answers).",
        ),
      );
    }
  }
  for (const domain of internal) {
    const names = [...`${headers}\n${body}`.matchAll(nameBelow(domain))].map(([name]) => name.toLowerCase());
    const name = names.find((each) => !publicHosts.includes(each));
    if (name !== undefined) {
      findings.push(
        find(
          "fault",
          `a name of the inside is in it: ${name}`,
          "Correct the external web services FQDN and the simple URLs in Topology Builder, publish, and run Enable-CsComputer. For a page: see which file of the pool has the name.",
        ),
      );
    }
  }
  const address = [...`${headers}\n${body}`.matchAll(ADDRESS)].map(([text]) => text).find(isPrivateAddress);
  if (address !== undefined) {
    findings.push(
      find(
        "fault",
        `an address of the inside is in it: ${address}`,
        "See which file or setting of the pool has it; in a header, see what adds the header.",
      ),
    );
  }
  return findings;
}

const nameBelow = (domain: string): RegExp =>
  new RegExp(
    `(?<![\\w.-])(?:[\\w-]+\\.)*${domain.replaceAll(/[.*+?^$()|[\]\\{}]/g, "\\$&")}(?![\\w-]|\\.[\\w-])`,
    "gi",
  );
