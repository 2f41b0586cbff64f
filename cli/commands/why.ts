// `postern why`: explains a decision. For a device it shows each step, in the order of docs/devices.md. For a request
// it shows why it was refused. A refusal has a line in the gateway's log. A sign-in or a decision about a device has an
// event in the audit. The id that the client got leads to both.

import { command, moment, text } from "../define.ts";
import { type CliFault, usage } from "../fault.ts";
import { devicePath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { type Answer, table } from "../text/answer.ts";
import { authorityText, deviceName } from "../text/device.ts";
import { noUpnText } from "../text/user.ts";
import { whyRequest } from "../why-request.ts";

const RESULTS = { passed: "passed", decided: "DECIDES", "not-reached": "-" } as const;
const VERDICTS = { allow: "served", discover: "discovery only", block: "refused", quarantine: "quarantined" } as const;

export const why = command({
  help: `Of a device: every step of the decision in its order, which step decides, and what the steps before it found. It judges
now, and assumes that the device comes from where it was seen last. docs/devices.md has the order. A device that was
refused before it enrolled has no partnership: npx postern audit --user USER --outcome refused

Of a request: what was refused, why, what to do, and the word to search for in docs/refusals.md or docs/audit.md. The
gateway sends the id with each answer (header X-Request-Id; behind Cloudflare also CF-Ray). Looks in the log of
"npm start" and in the audit. A deployed gateway's log is at Cloudflare: take the lines out of Workers Logs, Logpush or
"npx wrangler tail", and name them with --file.`,
  words: ["[USER]", "[DEVICE]"],
  options: {
    request: text("id", "the id that the refused client was given"),
    file: text("file", 'lines of the gateway\'s log; "-" reads them from standard input'),
    since: moment("how far back to look in the audit (default 7d)"),
  },
  examples: `why alice@contoso.test phone-1
why --request 8f1f2b7c9d0e1a2b
npx wrangler tail … | npx postern why --request ID --file -`,
  async run(context) {
    const { words, options } = context;
    const [user, device] = words;
    if (options.request !== undefined) {
      if (user !== undefined) throw needs('"why --request" takes no USER');
      return whyRequest(context, options);
    }
    const idle = (["since", "file"] as const).find((option) => options[option] !== undefined);
    if (idle !== undefined) throw needs(`"why USER DEVICE" takes no --${idle}`);
    if (user === undefined || device === undefined) throw needs('"why" needs USER and DEVICE, or --request');
    return whyDevice(await context.api().get<A.WhyAnswer>(`${devicePath(user, device)}/why`));
  },
});

const needs = (message: string): CliFault => usage(message, "See: npx postern why --help");

function whyDevice(json: A.WhyAnswer): Answer {
  const { user, upn, device, holder, inquiry, judgement, steps } = json;
  const rows = steps.map(({ step, outcome, detail }) => [step, RESULTS[outcome], detail]);
  const { network } = device.source;
  const from = network === "unknown" ? "" : ` Taken to come from ${network}, as it did last.`;
  const named = holder === null ? "" : `Named by ${user}: `;
  return {
    text: `${named}${device.id} of ${holder ?? user}, ${deviceName(device)}: ${VERDICTS[judgement.action]}, ${judgement.reason}.${from}

${table([["STEP", "RESULT", "BECAUSE"], ...rows])}${authorityText(device, inquiry)}

docs/devices.md says what each reason means and what to do about it.${noUpnText({ sipUri: user, upn })}`,
    json,
  };
}
