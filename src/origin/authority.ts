// The organisation's authority: a system of its own that says what it knows of a device. The port, and its adapter for
// a webhook: one signed POST, whose answer are words (docs/authority.md). It costs at most two seconds, and is never
// asked while a client waits for it.

import { MAX_ANSWER_BYTES, readAnswer } from "../core/authority/answer.ts";
import { type AuthorityQuestion, questionBody } from "../core/authority/question.ts";
import type { AuthorityAnswer } from "../core/authority/says.ts";
import type { AuthoritySettings } from "../core/authority/settings.ts";
import { declaredSize, readWhole } from "../core/http/body.ts";
import { type Result, refuse } from "../core/result.ts";
import { signedHeaders } from "../core/webhook/signed.ts";

/**
 * Why there is no answer. `status-…`: another status than 200. `redirect`: Postern follows none, because the question
 * would be told to somebody else.
 */
export type AuthorityFault = "timeout" | "unreachable" | "redirect" | "too-large" | "malformed" | `status-${number}`;

/** Says what the organisation knows of a device. Never throws: a fault is silence with its reason. */
export type Authority = {
  ask(question: AuthorityQuestion): Promise<Result<AuthorityAnswer, AuthorityFault>>;
};

/** How long one question may take with its answer, ms. */
const WITHIN_MS = 2_000;

/** The authority behind a webhook. */
export function webhookAuthority({ url, secrets }: AuthoritySettings, now: () => number = Date.now): Authority {
  return {
    ask: async (question) => {
      const body = questionBody(question, now());
      const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
      try {
        const answer = await fetch(url, {
          method: "POST",
          headers: {
            ...signedHeaders(id, body, secrets, now()),
            ...{ "content-type": "application/json", accept: "application/json", "user-agent": "Postern" },
          },
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(WITHIN_MS),
        });
        return await read(answer, now);
      } catch (fault) {
        return refuse(fault instanceof Error && fault.name === "TimeoutError" ? "timeout" : "unreachable");
      }
    },
  };
}

async function read(answer: Response, now: () => number): Promise<Result<AuthorityAnswer, AuthorityFault>> {
  const { status } = answer;
  const fault =
    status >= 300 && status < 400
      ? "redirect"
      : status !== 200
        ? (`status-${status}` as const)
        : declaredSize(answer.headers, MAX_ANSWER_BYTES) === "too-large"
          ? "too-large"
          : undefined;
  if (fault !== undefined) {
    await answer.body?.cancel();
    return refuse(fault);
  }
  const bytes = await readWhole(answer, MAX_ANSWER_BYTES);
  if (bytes === undefined) return refuse("too-large");
  try {
    return readAnswer(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes), now());
  } catch {
    return refuse("malformed");
  }
}
