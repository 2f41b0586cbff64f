// Every question of `sts probe`, in the order in which they are asked, and what only a person can find out.

import type { Outcome, PoolQuestion, Probe } from "./question.ts";
import { anotherFrontEnd, cookies, lifetime, signOut } from "./questions-session.ts";
import { ports, soapBearer, soapPassive } from "./questions-soap.ts";
import { accounts, exactRealm, replay, twoKeys, unknownAccount, unsolicited } from "./questions-tokens.ts";
import { clock, noSession, reach, realm, ticket, trust } from "./questions-way.ts";

const byHand = (id: string, of: PoolQuestion["of"], asks: string, said: string, fix: string): PoolQuestion => ({
  ...{ id, of, asks, sends: "nothing", needs: [] },
  ask: () => Promise.resolve({ kind: "by hand", said, fix }),
});

/** In the order in which they are asked. */
export const QUESTIONS: readonly PoolQuestion[] = [
  ...[reach, realm, clock, trust, noSession, ticket, cookies, exactRealm, twoKeys, replay, unsolicited],
  ...[anotherFrontEnd, lifetime, ports, soapPassive, soapBearer, unknownAccount, accounts, signOut],
  byHand(
    "metadata-elements",
    1,
    "Which elements of the metadata does Lync need?",
    "that it took this document whole is all that shows",
    "Nothing is to be done while trust is answered.",
  ),
  byHand(
    "windows",
    5,
    "What do Lync's windows send along (wauth, wfresh), and how do they end?",
    "only a client of Lync shows it",
    "Sign in with each kind of client through a proxy such as Fiddler, and note the parameters of the redirect to the token service.",
  ),
  byHand(
    "override",
    7,
    "Does OverrideAuthTypeForInternalClients keep people inside as they are?",
    "only a client inside shows it, and Lync 2013 has no such parameter",
    "Set it, run Enable-CsComputer and iisreset, and sign in inside: no page may open.",
  ),
];

/** A question, and what came of it. */
export type Asked = { readonly question: PoolQuestion; readonly outcome: Outcome; readonly tookMs: number };

/** Asks the questions, one after the other. What a question needs is asked as well. */
export async function askAll(
  only: readonly string[],
  probe: Probe,
  progress?: (text: string) => void,
): Promise<readonly Asked[]> {
  const wanted = only.length === 0 ? QUESTIONS : QUESTIONS.filter(({ id }) => withNeeds(only).has(id));
  const asked: Asked[] = [];
  for (const question of wanted) {
    progress?.(question.id);
    const missing = question.needs.find((id) => !asked.some((each) => each.question.id === id && isUsable(each)));
    const began = performance.now();
    const outcome: Outcome =
      missing === undefined
        ? await question.ask(probe)
        : { kind: "open", said: `${missing} is not answered`, fix: "Put that right first." };
    asked.push({ question, outcome, tookMs: Math.round(performance.now() - began) });
  }
  progress?.("");
  return asked;
}

const isUsable = ({ outcome }: Asked): boolean => outcome.kind === "answered";

function withNeeds(only: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(only);
  for (const { id, needs } of QUESTIONS.toReversed()) if (wanted.has(id)) for (const need of needs) wanted.add(need);
  return wanted;
}
