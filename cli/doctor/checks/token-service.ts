// The token service for passive sign-in: what pools read of it, and whether the pools send browsers to it.

import { METADATA_PATH } from "../../../src/core/sts/metadata.ts";
import { PASSIVE_PATH } from "../../../src/core/sts/redirect.ts";
import { type Configured, judgeDocument, readMetadataDocument } from "../../sts/document.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, textOf } from "../wire.ts";

const PAGE = "/PassiveAuth/PassiveAuth.aspx";
const PROBE = "npx postern sts probe asks the pool itself, and says what is wrong there.";

export const tokenService: Check = {
  ...{
    id: "token-service",
    group: "hosts",
    looks: "the metadata for passive sign-in, the end of its certificates, and whether pools send browsers to the page",
  },
  async run({ plan, ask, now }) {
    const { sts: host, tokenService: said } = plan;
    if (host === undefined || said === undefined || said === null) {
      return unseen(plan.known ? "STS_HOST is not set" : "only the settings of the gateway name it");
    }
    const document = await ask({ host, path: METADATA_PATH });
    if (document.kind === "silent") return unseen(`${host} does not answer: see own-hosts`);
    const pages = await Promise.all(said.realms.map(({ webHost }) => ask({ host: webHost, path: PAGE })));
    const findings = [
      ...judgeMetadataDocument(document, { ...said, host }, now()),
      ...pages.flatMap((page, at) => judgePage(page, host, said.realms[at]?.realm ?? "") ?? []),
    ];
    const ends = said.keys.map(({ thumbprint, ends: end }) => `${thumbprint.slice(0, 8)} until ${end.slice(0, 10)}`);
    return judged(findings, ends.join(", "));
  },
};

/** What is wrong with what pools read. */
export function judgeMetadataDocument(answer: Answer, configured: Configured, now: number): readonly Finding[] {
  const about = `https://${configured.host}${METADATA_PATH}`;
  const why = "Pools trust what this document says. Nobody signs in by the page, or only until the certificate ends.";
  const document = answer.kind === "heard" ? readMetadataDocument(textOf(answer)) : undefined;
  if (document === undefined) {
    const status = answer.kind === "heard" ? answer.status : answer.fault;
    const fix = "See to which Worker the name belongs, and whether this version was deployed.";
    return [{ severity: "fault", about, what: `it is no metadata of a token service (${status})`, why, fix }];
  }
  return judgeDocument(document, configured, undefined, now).map(({ what, fix }) => ({
    ...{ severity: / ends in \d+ days/.test(what) ? "warning" : "fault", about, what, why, fix },
  }));
}

/** What is wrong with the page of a pool's relying party. Undefined: nothing. */
export function judgePage(answer: Answer, stsHost: string, realm: string): Finding | undefined {
  if (answer.kind === "silent") return undefined; // another check says so
  const about = `https://${answer.question.host}${PAGE}`;
  const text = header(answer, "location");
  const to = URL.canParse(text) ? new URL(text) : undefined;
  const right = answer.status === 302 && to?.hostname === stsHost && to.pathname === PASSIVE_PATH;
  if (right && to.searchParams.get("wtrealm") === realm) return undefined;
  return {
    ...{
      severity: "warning",
      about,
      fix: `${PROBE} Before passive sign-in is on at the pool, this is to be expected.`,
    },
    what: `it answers ${answer.status} and does not send a browser to https://${stsHost}${PASSIVE_PATH}`,
    why: "Nobody of this pool can sign in by the page.",
  };
}
