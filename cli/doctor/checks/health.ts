// What the gateway says of itself: its checks, its warnings, and tokens that end. Each comes with the fix that the
// gateway gives; nothing of it is judged again here.

import type { WarningCode } from "../../../src/api/warning-codes.ts";
import { CliFault } from "../../fault.ts";
import type * as A from "../../reach/answers.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";

export const health: Check = {
  ...{
    id: "health",
    group: "inside",
    looks: "what the gateway says of itself: D1, Front-End, connector, keys, tokens, mail",
  },
  async run({ inside }) {
    if (inside === undefined) return unseen("no target was named: npx postern target add --help");
    if (inside.health instanceof CliFault) return judged([silentApi(inside.target, inside.health)], "");
    const { checks, version } = inside.health;
    return judged(judgeHealth(inside.health), `version ${version}: ${Object.keys(checks).join(", ")} work`);
  },
};

const silentApi = (target: string, { message, fix }: CliFault): Finding => ({
  ...{ severity: "fault", about: `target ${target}`, what: message, fix },
  why: "Nobody can manage users or block a device, and the inside cannot be looked at.",
});

const FAILING: Readonly<Record<keyof A.HealthAnswer["checks"], readonly [why: string, fix: string]>> = {
  configuration: ["The gateway serves nothing.", "npx postern config check --env production"],
  database: [
    "Nobody can sign in; requests with a ticket go on for a while.",
    "See https://www.cloudflarestatus.com, and whether the migrations were applied: npx wrangler d1 migrations apply DB --remote --env production",
  ],
  frontEnd: [
    "Nobody can sign in, and nothing works.",
    "See that cloudflared runs beside the pool, that the VPC service leads to the external web site (port 4443), and that IIS runs on the Front-Ends.",
  ],
  connector: [
    "Nobody can sign in; who is signed in stays so until the ticket ends.",
    "See that the connector runs and what its log says: docs/sign-on.md.",
  ],
};

/** Why each warning matters. A gateway of another release may have more. */
const WARNED: Readonly<Partial<Record<WarningCode, string>>> = {
  "sign-on-none": "A right password ends in 503.",
  "directory-brake": "People who came or left since are not seen.",
  "directory-stale": "Somebody who has left may still get in.",
  "sign-on-sts": "Somebody who has left may still get in, and a desktop perhaps not.",
  "sign-on-no-soap": "A right password of a desktop ends in 503.",
  "sign-on-simulated": "No real Front-End takes these tickets: nobody signs in.",
  "plain-http": "Everybody on the way can read tickets and sessions, and use them.",
  "lockout-report": "A stranger may guess app passwords without an end.",
  "one-connector": "Nobody can sign in while that machine is away.",
  "audit-forever": "It is about people, and the law asks for how long you keep it.",
  "bootstrap-keys": "Who finds the key may do everything, and the audit does not say who it was.",
  "old-key": "The longer a key is in use, the more people may have seen it.",
  "token-key-ends": "With its end nobody signs in by the page of the token service.",
  "token-key-idle": "While a pool trusts its certificate, whoever gets this key is anybody there.",
  "passkeys-of-another-name": "These people cannot sign in to the console.",
  "no-administrator": "Nobody can use the console.",
  "portal-rp-id": "People with a passkey cannot sign in to the portal.",
  "mail-waits": "People do not hear of new devices and of passwords that end.",
  "mail-failed": "People do not hear of new devices and of passwords that end.",
  "authority-silent": "Devices are judged without what your own system knows of them.",
  "authority-missing": "Nobody's device is let in.",
};

/** What the gateway finds wrong with itself. */
export function judgeHealth({ checks, warnings = [], endingTokens }: A.HealthAnswer): readonly Finding[] {
  const failing = Object.entries(checks).flatMap(([check, said]): Finding[] => {
    if (!said.startsWith("failing")) return [];
    const [why, fix] = FAILING[check as keyof A.HealthAnswer["checks"]];
    return [{ severity: "fault", about: check, what: said, why, fix }];
  });
  const warned = warnings.map(
    ({ code, detail, fix }): Finding => ({
      severity: "warning",
      about: code,
      what: sentence(detail),
      why: WARNED[code] ?? "The gateway warns of it.",
      fix,
    }),
  );
  const ending = (endingTokens ?? []).map(
    ({ name, expiresAt }): Finding => ({
      ...{ severity: "warning", about: `token ${name}`, what: `it ends ${expiresAt}` },
      why: "What uses it stops working then.",
      fix: "Make a new one and replace it: npx postern token create --help.",
    }),
  );
  return [...failing, ...warned, ...ending];
}

const sentence = (text: string): string => text.replace(/\.$/, "");
