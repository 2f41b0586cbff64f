// The report of `sts probe`: each question with what was sent and what is known now; what is wrong comes last, with its
// fix, where a reader looks first.

import { type Answer, counted } from "../text/answer.ts";
import type { Probe } from "./question.ts";
import type { Asked } from "./questions.ts";

/** The answer of the command. Exit code 1 where something is wrong. */
export function reportOf(asked: readonly Asked[], { visit, realm, account, keys, others }: Probe, at: string): Answer {
  const wrong = asked.filter(({ outcome }) => outcome.kind === "wrong");
  const openOnes = asked.filter(({ outcome }) => outcome.kind === "open");
  const requests = visit.sent() + others.reduce((sum, each) => sum + each.visit.sent(), 0);
  const sum = `${counted(asked.length, "question")}: ${asked.filter(({ outcome }) => outcome.kind === "answered").length} answered, ${wrong.length} wrong, ${openOnes.length} open, ${asked.filter(({ outcome }) => outcome.kind === "by hand").length} by hand. ${counted(requests, "request")} sent.`;
  const exit = wrong.length > 0 ? 1 : 0;
  const head = `Pool ${visit.webHost} at ${at}, relying party ${realm}\nTokens for ${account.upn} (${account.sid}), of the key ${keys[0].thumbprint}`;
  return {
    text: [head, ...asked.map(lineOf), sum].join("\n\n"),
    json: {
      ...{ webHost: visit.webHost, at, realm, sid: account.sid, thumbprint: keys[0].thumbprint, requests },
      ...{ wrong: wrong.length, open: openOnes.length, exit },
      questions: asked.map(({ question: { id, of, asks, sends }, outcome: { kind, ...outcome }, tookMs }) => ({
        ...{ id, of, state: kind, asks, sends, ...outcome, tookMs },
      })),
    },
    exit,
  };
}

function lineOf({ question: { id, of, asks, sends }, outcome }: Asked): string {
  const lines = [`${outcome.kind.toUpperCase()}  ${id}  (question ${of})`, `  ${asks}`, `  Sent: ${sends}.`];
  if (outcome.kind === "answered") return [...lines, `  ${outcome.said}`].join("\n");
  return [...lines, `  ${capital(outcome.said)}.`, `  What to do: ${outcome.fix}`].join("\n");
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
