// The old reverse proxy. When the names have moved to Postern, it may still answer to whoever knows its address.

import { DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header } from "../wire.ts";

const PORTS = [443, 4443];

export const oldProxy: Check = {
  ...{ id: "old-proxy", group: "exposed", looks: "whether the old reverse proxy still answers at its address" },
  async run({ plan, ask }) {
    const { oldAddress: address } = plan;
    const [host] = plan.web;
    if (address === undefined)
      return unseen("its address is not known: give the public address that the web host had before, --old-address IP");
    if (host === undefined) return unseen("no web host is known: give --host, or a target");
    const answers = await Promise.all(
      PORTS.flatMap((port) =>
        [DISCOVERY, WEB_TICKET].map(async (path) => ({
          port,
          answer: await ask({ host, path, port, address, foreign: true }),
        })),
      ),
    );
    const findings = new Map(
      answers.flatMap(({ port, answer }) => {
        const finding = judgeOld(`${address}:${port}`, host, answer);
        return finding === undefined ? [] : [[finding.about, finding]];
      }),
    );
    return judged([...findings.values()], `${address} does not answer for ${host}`);
  },
};

/** Whether the pool's site is behind what answers there. */
export function judgeOld(about: string, host: string, answer: Answer): Finding | undefined {
  if (answer.kind === "silent") return undefined;
  const scheme = header(answer, "www-authenticate");
  const serves = answer.status === 200 || answer.status === 401 || header(answer, "x-ms-server-fqdn") !== "";
  if (!serves) return undefined;
  return {
    ...{
      severity: "fault",
      about,
      what: `it still serves ${host}: ${answer.status}${scheme === "" ? "" : `, ${scheme}`}`,
    },
    why: "A stranger who knows this address goes round Postern: directory passwords can be tried there, and accounts locked. Old DNS records are kept in public lists.",
    fix: "Close the port in the firewall, or stop the old proxy, when every host has moved and the way back is no longer needed: docs/deploy.md.",
  };
}
