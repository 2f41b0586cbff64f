// What is to be known of the pool's session: its cookies, who can read them, how long it lasts, how it ends.

import { type Answer, header } from "../doctor/wire.ts";
import { after, type Cookies, type PoolVisit } from "./pool.ts";
import { answered, isAccepted, open, type PoolQuestion, type Probe, statusOf } from "./question.ts";

/** A token that ended so long ago is still good by WIF's skew of five minutes, ms. The session may last as long. */
const SKEW_MS = 5 * 60_000;
/** How much of that is left when the token is sent, ms. A slow pool needs the longer ones. */
const LEFT_MS = [10_000, 30_000, 60_000];
/** So much later it must be over, ms. */
const GRACE_MS = 3_000;
/** Enough that a load balancer chooses each of some Front-Ends at least once, as a rule. */
const TRIES = 8;

export const cookies: PoolQuestion = {
  ...{ id: "cookies", of: 3, needs: ["trust"] },
  asks: "How are the session's cookies named, and where do browsers send them?",
  sends: "nothing more: they came with the session",
  ask: async ({ found }) => {
    const lines = (found.sessionLines ?? []).map(described);
    const narrow = lines.some(({ path }) => path !== "/");
    const note = narrow
      ? " A browser does not send a cookie of a narrower path to /WebTicket: clients in a browser get no ticket."
      : "";
    const said = lines.map(({ name, length, text }) => `${name} (${length} characters; ${text})`).join(", ");
    return answered(`${said}.${note}`);
  },
};

function described(line: string): { name: string; length: number; path: string; text: string } {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const value = (name: string): string | undefined =>
    attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const has = (name: string): boolean => attributes.some((each) => each.toLowerCase() === name);
  const path = value("path") ?? "(the page's)";
  const until = value("expires") ?? value("max-age");
  const text = [
    `path ${path}`,
    has("secure") ? "Secure" : "not Secure",
    ...(has("httponly") ? ["HttpOnly"] : []),
    ...(value("samesite") === undefined ? [] : [`SameSite ${value("samesite")}`]),
    until === undefined ? "until the browser is closed" : `until ${until}`,
  ];
  return { name: pair.slice(0, at), length: pair.length - at - 1, path, text: text.join(", ") };
}

export const anotherFrontEnd: PoolQuestion = {
  ...{ id: "another-front-end", of: 3, needs: ["ticket"] },
  asks: "Can another Front-End of the pool read the session?",
  sends: "the grant, some times, with the session's cookies and without those of the load balancer",
  async ask({ visit, others, found }) {
    const own = (found.session ?? []).filter(([name]) => !(found.begun ?? []).some(([each]) => each === name));
    const counts = await refusals(visit, own);
    const elsewhere = await Promise.all(others.map(async (each) => ({ ...each, answer: await each.visit.grant(own) })));
    const blind = elsewhere.filter(({ answer }) => statusOf(answer) !== "HTTP 200");
    if (blind.length > 0) {
      return answered(
        `No: ${blind.map(({ at, answer }) => `${at} answers ${statusOf(answer)}`).join(", ")}. Keep the load balancer's cookie persistence on.`,
      );
    }
    if (counts > 0) {
      return answered(
        `No: without the load balancer's cookies ${counts} of ${TRIES} are refused. Keep its persistence on.`,
      );
    }
    const seen = others.length === 0 ? `${TRIES} of ${TRIES} are served` : others.map(({ at }) => at).join(", ");
    return answered(
      `Yes, as far as it shows: ${seen}${others.length === 0 ? ". To be sure give each other Front-End: --front-end URL" : " read it"}.`,
    );
  },
};

async function refusals(visit: PoolVisit, session: Cookies): Promise<number> {
  let refused = 0;
  for (let at = 0; at < TRIES; at++) if (statusOf(await visit.grant(session)) !== "HTTP 200") refused += 1;
  return refused;
}

export const lifetime: PoolQuestion = {
  ...{ id: "lifetime", of: 3, needs: ["trust"] },
  asks: "Does the session end with the token?",
  sends: "a token that ended almost five minutes ago, and the page again when its five minutes are over",
  async ask(probe) {
    for (const left of LEFT_MS) {
      const session = await almostOver(probe, left);
      if (session === undefined) continue;
      if (!(await isServed(probe.visit, session))) {
        return answered("Yes, to the second: the pool takes a token within the skew and its session is over already.");
      }
      await probe.pause(left + GRACE_MS);
      return answered(
        (await isServed(probe.visit, session))
          ? "No: the session outlives the token. How long must be watched by hand; the cookies above may say it."
          : "Yes: it ends with the token and the five minutes by which clocks may differ.",
      );
    }
    return answered("A token that has ended is not taken at all, so the pool's skew is less than WIF's five minutes.");
  },
};

async function almostOver({ visit, token, now, found }: Probe, left: number): Promise<Cookies | undefined> {
  const end = now() + (found.aheadMs ?? 0) - SKEW_MS + left;
  const made = await token({ now: end - 60_000, minutes: 1 });
  if (!made.ok) return undefined;
  const answer = await visit.bring(made.value.wresult, found.wctx ?? "", found.begun);
  return isAccepted(answer) ? after(found.begun ?? [], answer) : undefined;
}

const isServed = async (visit: PoolVisit, session: Cookies): Promise<boolean> =>
  !isSentOn(await visit.openPage(session));
const isSentOn = (answer: Answer): boolean =>
  answer.kind === "silent" || answer.status >= 400 || /wsignin1\.0/.test(header(answer, "location"));

export const signOut: PoolQuestion = {
  ...{ id: "sign-out", of: 5, needs: ["ticket"] },
  asks: "Does the pool end a session when it is told to?",
  sends: "GET of the page with wa=wsignoutcleanup1.0 and the cookies, then the grant with the cookies from before",
  async ask({ visit, found }) {
    const session = found.session ?? [];
    const answer = await visit.openPage(session, "?wa=wsignoutcleanup1.0");
    if (answer.kind === "silent") return open("the pool breaks off", "Run it again.");
    const left = after(session, answer);
    const gone = session.length - left.length;
    const still = statusOf(await visit.grant(session)) === "HTTP 200";
    const browser = gone > 0 ? `It takes ${gone} cookies back` : "It takes no cookie back";
    return answered(
      `${browser} (${statusOf(answer)}), and ${still ? "who copied them before can go on using them until the session ends" : "the old ones are worth nothing"}.`,
    );
  },
};
