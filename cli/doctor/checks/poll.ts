// A poll for events that stays open, as every UCWA client has one: something on the way may cut it. It needs an account,
// and a device that is let in, because only an application has events.

import { randomBytes } from "node:crypto";
import { ntHash } from "../../sign-in/md4.ts";
import type { Doctor } from "../doctor.ts";
import { APPLICATIONS } from "../services.ts";
import { type Check, judged, type Outcome, unseen } from "../types.ts";
import { type Answer, type Question, silence, textOf } from "../wire.ts";
import { DOCTOR_USER_AGENT, isLoopback, ticketFor } from "./sign-in.ts";

/** What a poll must survive, s: longer than Cloudflare lets an origin be silent. */
const LEAST_S = 150;
/** The least that a client may ask for, s. */
const HOLD_S = 180;
const WITHIN_MS = 300_000;
const DEVICE = "postern-doctor";

export const poll: Check = {
  ...{ id: "poll", group: "handshake", looks: `whether a poll for events stays open for ${LEAST_S} seconds` },
  counted: true,
  withinMs: WITHIN_MS,
  async run(doctor) {
    const { plan, reach, account, slow, ask } = doctor;
    if (!slow) return unseen("it takes some minutes: give --slow, and an account");
    if (account === undefined) return unseen("no account was given: --account and --password-file");
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const { scheme, address } = reach.way(web, "https", undefined, false);
    if (scheme === "http" && !isLoopback(address))
      return unseen("the way to the gateway is not encrypted, and a password does not go there");
    const ticket = await ticketFor(
      doctor,
      web,
      ntHash(account.password),
      (bytes) => new Uint8Array(randomBytes(bytes)),
    );
    if (ticket === undefined) return unseen("there was no ticket: see the check sign-in");
    const own = {
      host: web,
      secret: true as const,
      headers: { authorization: `Bearer ${ticket}`, accept: "application/json" },
    };
    const body = JSON.stringify({ UserAgent: DOCTOR_USER_AGENT, EndpointId: DEVICE, Culture: "en-US" });
    const json = { ...own.headers, "content-type": "application/json" };
    const made = await ask({ ...own, path: APPLICATIONS, method: "POST", headers: json, body });
    const application = made.kind === "heard" ? linkIn(textOf(made), "self") : undefined;
    const events = made.kind === "heard" ? linkIn(textOf(made), "events") : undefined;
    if (application === undefined || events === undefined) return notLetIn(made, account.account);
    const outcome = await polled(ask, own, events);
    await ask({ ...own, path: application, method: "DELETE" });
    return outcome;
  },
};

function notLetIn(made: Answer, account: string): Outcome {
  const said = made.kind === "silent" ? silence(made) : `it answers ${made.status}`;
  return unseen(
    `no application could be made (${said}). The device ${DEVICE} has to be let in: npx postern device approve ${account} endpoint:${DEVICE}`,
  );
}

/** Polls until one poll was open long enough, or was cut. Events end a poll too, and lead to the next one. */
async function polled(ask: Doctor["ask"], own: Omit<Question, "path">, first: string): Promise<Outcome> {
  let path = first;
  for (let polls = 0; polls < 10; polls++) {
    const began = performance.now();
    const asked = `${path}${path.includes("?") ? "&" : "?"}timeout=${HOLD_S}`;
    const answer = await ask({ ...own, path: asked, withinMs: (HOLD_S + 30) * 1_000 });
    const seconds = Math.round((performance.now() - began) / 1_000);
    const outcome = judgePoll(answer, seconds);
    if (outcome !== undefined) return outcome;
    const next = answer.kind === "heard" ? linkIn(textOf(answer), "next") : undefined;
    if (next === undefined) return unseen("the answer to the poll leads to no next one");
    path = next;
  }
  return unseen("events kept coming, so no poll stayed open: give an account that nobody writes to");
}

/** What an end of a poll after so many seconds means. Undefined: an event came, and the next poll has to tell. */
export function judgePoll(answer: Answer, seconds: number): Outcome | undefined {
  if (answer.kind === "heard" && answer.status === 200) {
    if (seconds >= LEAST_S) return judged([], `a poll was open for ${seconds} s`);
    return seconds >= 20 ? judged([], `the Front-End ended the poll by itself after ${seconds} s`) : undefined;
  }
  const how = answer.kind === "silent" ? silence(answer) : `it answers ${answer.status}`;
  return judged(
    [
      {
        ...{
          severity: "fault",
          about: `https://${answer.question.host}/ucwa/…/events`,
          what: `a poll was cut after ${seconds} s: ${how}`,
        },
        why: "Clients poll all the time: they lose messages or show themselves as offline, and sign in again and again.",
        fix: "Postern asks the pool again before Cloudflare ends a silent request (docs/polls.md). So see what stands between the client and Cloudflare, such as a proxy of the client's network; doctor against the local gateway shows that Postern itself keeps the poll open.",
      },
    ],
    "",
  );
}

function linkIn(text: string, rel: string): string | undefined {
  const [, href = ""] = new RegExp(`"${rel}"\\s*:\\s*\\{\\s*"href"\\s*:\\s*"([^"]+)"`).exec(text) ?? [];
  if (href === "") return undefined;
  return URL.canParse(href) ? new URL(href).pathname + new URL(href).search : href;
}
