// `postern trace`: one sign-in, step by step. A request that is none, such as one with a ticket that was refused, is
// explained as `postern why --request` explains it.

import { networkNamed } from "../../src/core/lockout/network.ts";
import { command, count, moment, oneOf, text } from "../define.ts";
import { CliFault, notFound, usage } from "../fault.ts";
import { userIn } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { facts, table } from "../text/answer.ts";
import { requestId, whyRequest } from "../why-request.ts";

/** The most sign-ins of one answer of the API. */
const MAX_LAST = 10;
const RESULTS = { passed: "passed", decided: "DECIDES", "not-reached": "-" } as const;
const VERDICTS = { allow: "served", discover: "discovery only", block: "refused", quarantine: "quarantined" } as const;

export const trace = command({
  help: `Of a user: the newest sign-in, whether it succeeded or not. From where it came, what the guards decided, whose name it
was, which app password fitted and why no other did, the line before the connector, the connector, the Front-End, the
ticket, and how the device was judged that came with it. Each step with its time after the request came, and how long
the request waited for it, in ms.

Of a request: the sign-in with this id, or the one with which the device came that made the request. If the request is
no part of a sign-in, it says what "why --request" says. The client has the id in the answer's header X-Request-Id, the
connector in its journal, and IIS where it logs that header (docs/trace.md).

A name that nobody has is not in the audit: ask by --source. Events come some seconds late.`,
  words: ["[USER]"],
  options: {
    request: text("id", "the id of a request, from a client, a log or the audit"),
    event: text("id", "the sign-in with this event of the audit, or the one with which its device came"),
    source: text("network", "the newest sign-ins from this network, whoever it was"),
    last: count(`so many of the newest sign-ins (default 1, at most ${MAX_LAST})`, 1, MAX_LAST),
    since: moment("not older than that: 30m, 24h or 7d ago, or a time"),
    file: text("file", 'with --request: lines of a deployed gateway\'s log; "-" reads standard input'),
    language: oneOf(["en", "de"], "the language of the steps (default en)"),
  },
  examples: `trace alice@contoso.test
trace alice@contoso.test --last 3 --since 24h
trace --request 9a3c5e7f1b2d4c6e-FRA
trace --source 203.0.113.7`,
  async run(context) {
    const { words, options } = context;
    const [user] = words;
    const { request, event, source, last, since, file, language } = options;
    if ([user, request, source, event].every((each) => each === undefined)) {
      throw usage('"trace" needs USER, --request, --event or --source', "See: npx postern trace --help");
    }
    const one = request ?? event;
    if (one !== undefined && [user, source, last, request && event].some((each) => each !== undefined)) {
      throw usage("--request and --event stand alone", "One request or event belongs to one sign-in.");
    }
    if (file !== undefined && request === undefined)
      throw usage("--file goes with --request", "See: npx postern trace --help");
    const network = source === undefined ? undefined : networkNamed(source);
    if (source !== undefined && network === undefined) {
      const fix = "Give an IPv4 address, an IPv6 address or its /64, or unknown.";
      throw usage(`--source ${JSON.stringify(source)} is not an address`, fix);
    }
    const id = request === undefined ? undefined : requestId(request);
    const asked = { user: user === undefined ? undefined : userIn(user, "USER"), source: network, request: id, event };
    let json: A.TraceAnswer = { signIns: [] };
    try {
      json = await context.api().get<A.TraceAnswer>("/v1/trace", { ...asked, last, since, language });
    } catch (fault) {
      // The log may know the request, and its gateway need not run for that.
      if (id === undefined || !(fault instanceof CliFault) || fault.kind === "usage") throw fault;
    }
    if (json.signIns.length > 0) return { text: json.signIns.map(traceText).join("\n\n\n"), json };
    if (id !== undefined) {
      const given = { request: id, ...(file !== undefined && { file }), ...(since !== undefined && { since }) };
      return whyRequest(context, given);
    }
    throw notFound(
      `no sign-in of ${user ?? network ?? event} is in the audit`,
      since === undefined
        ? "If somebody has just tried, wait some seconds. If nothing comes, the client did not reach Postern, or typed another name: npx postern audit --reason unknown-user --since 1h"
        : "Give an earlier --since, or none.",
    );
  },
});

function traceText({ event, explained, steps, passwords, device }: A.TracedSignInAnswer): string {
  const took = event.stages === null ? "" : event.stages.began;
  const head = facts({
    request: event.requestId,
    when: took === "" ? event.at : took,
    user: event.user ?? event.userId ?? "-",
    outcome: `${event.outcome}, ${event.reason}`,
    event: event.id,
  });
  const rows = steps.map(({ part, result, at, ms, detail }) => [
    part,
    RESULTS[result],
    at === null ? "" : `+${at}`,
    ms === null ? "" : ms,
    detail,
  ]);
  const parts = [
    [explained.said, explained.fix].filter((each) => each !== null).join("\nWhat to do: "),
    head,
    table([["STEP", "RESULT", "AT", "MS", "BECAUSE"], ...rows]),
    passwords.length === 0
      ? ""
      : table([
          ["APP PASSWORD", "LABEL", "THEN", "BECAUSE"],
          ...passwords.map(({ id, label, state, asksCode, detail }) => [
            id,
            label,
            asksCode ? `${state}, asks for a code` : state,
            detail,
          ]),
        ]),
    device === null ? "" : deviceText(device),
    event.repeats !== null && event.repeats > 1
      ? `This event stands for ${event.repeats} attempts; the steps are those of the last one.`
      : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function deviceText({ id, judgement, steps }: NonNullable<A.TracedSignInAnswer["device"]>): string {
  const rows = steps.map(({ step, outcome, detail }) => [step, RESULTS[outcome], detail]);
  return `The device ${id}, judged now: ${VERDICTS[judgement.action]}, ${judgement.reason}.\n\n${table([["STEP", "RESULT", "BECAUSE"], ...rows])}`;
}
