// `postern sts probe`: asks a test pool what only a pool can tell of passive sign-in, and says what is wrong.

import { setTimeout as pause } from "node:timers/promises";
import { isLoopback } from "../../src/core/http/loopback.ts";
import { issueToken, TEST_MARK } from "../../src/core/sts/response.ts";
import { type Context, command, flag, text, texts } from "../define.ts";
import type { Way } from "../doctor/wire.ts";
import { usage } from "../fault.ts";
import { accountAtHand, keysAtHand, poolIn, SIGNING, saidIn, signable, type TokenServiceSaid } from "../sts/at-hand.ts";
import { visitTo } from "../sts/pool.ts";
import type { Probe } from "../sts/question.ts";
import { askAll, QUESTIONS } from "../sts/questions.ts";
import { reportOf } from "../sts/report.ts";
import { table } from "../text/answer.ts";

const DEFAULT_MINUTES = 5;

const OPTIONS = {
  ...SIGNING,
  at: text("url", "where the pool's external web site is (default https:// and the web host)"),
  frontEnd: texts("url", "another Front-End of the pool: whether it reads the same cookies"),
  account: texts("label=sid", "an account in another state, such as disabled=S-1-5-21-…"),
  sip: text("uri", "the SIP address of the account (default: its UPN)"),
  stsHost: text("name", "the host of the token service (default: the gateway's)"),
  only: texts("question", "only this question, and what it needs"),
  list: flag("list the questions, and ask nothing"),
};
type Probing = Pick<Context<typeof OPTIONS>, "options" | "now" | "folder" | "input" | "api">;

export const probe = command({
  help: `Asks a TEST POOL directly, past Postern, as a browser and as a client would, with tokens that it signs itself. It asks
what docs/passive.md lists as open: each question with what is sent, what came back and what follows. It changes nothing
at the pool. Run it where the Front-End can be reached: inside, with --at https://FRONT_END:4443.

Each token is a test token: its id begins with ${TEST_MARK}. Tokens go to the host of --at alone, over a connection
whose certificate is right: for an authority of your own start it with NODE_EXTRA_CA_CERTS=FILE.

Exit codes: 0 nothing is wrong, 1 something is, 2 the command line cannot be meant.`,
  options: OPTIONS,
  examples: `sts probe --key-file sts-key.txt --user alice@contoso.com --at https://fe01.corp.contoso.com:4443
sts probe --key-file key.txt --sid S-1-5-21-1-2-3-1104 --upn a@contoso.com --at https://fe01.contoso.com
sts probe --key-file sts-key.txt --user alice@contoso.com --account disabled=S-1-5-21-1-2-3-1105 --json
sts probe --key-file sts-key.txt --user alice@contoso.com --only two-keys
sts probe --list`,
  async run(context) {
    const { options, progress } = context;
    if (options.list === true) return listed();
    const strange = (options.only ?? []).find((id) => !QUESTIONS.some((each) => each.id === id));
    if (strange !== undefined) {
      throw usage(`there is no question ${JSON.stringify(strange)}`, "See: npx postern sts probe --list");
    }
    const { probe: means, at } = await probeOf(context);
    return reportOf(await askAll(options.only ?? [], means, progress), means, at);
  },
});

const listed = () => ({
  text: table([["QUESTION", "OF", "ASKS"], ...QUESTIONS.map(({ id, of, asks }) => [id, of, asks])]),
  json: { questions: QUESTIONS.map(({ id, of, asks, sends, needs }) => ({ id, of, asks, sends, needs })) },
});

async function probeOf(context: Probing): Promise<{ readonly probe: Probe; readonly at: string }> {
  const { options, now } = context;
  const keys = await keysAtHand(context);
  const said = await saidIn(context);
  const { webHost, realm, reply } = poolIn(options, said);
  const account = await accountAtHand(context, said);
  const at = options.at ?? `https://${webHost}`;
  const page = new URL(reply).pathname;
  const visit = (url: string) => visitTo({ webHost, page, way: wayTo(url) });
  const stsHost = (options.stsHost ?? said?.host ?? "").toLowerCase();
  const issuer = options.issuer ?? said?.issuer ?? `http://${stsHost}/postern`;
  if (stsHost === "") throw usage("which token service?", "Give --sts-host sts.contoso.com, or a target.");
  return {
    at,
    probe: {
      ...{ account, stsHost, realm, reply, keys, now, found: {} },
      visit: visit(at),
      others: (options.frontEnd ?? []).map((url) => ({ at: url, visit: visit(url) })),
      accounts: (options.account ?? []).map((each) => labelled(each, said)),
      sipUri: `sip:${(options.sip ?? account.upn).replace(/^sip:/i, "")}`,
      pause: (ms) => pause(ms),
      token: ({
        key = keys[0],
        sid = account.sid,
        audience = realm,
        now: when = now(),
        minutes = DEFAULT_MINUTES,
      } = {}) =>
        issueToken(
          { issuer, audience, upn: account.upn, sid, method: "unspecified", authenticatedAt: when, now: when, minutes },
          key,
          TEST_MARK,
        ),
    },
  };
}

function labelled(text: string, said: TokenServiceSaid | undefined) {
  const at = text.indexOf("=");
  if (at < 1) throw usage(`--account ${text} has no label`, "Write it as disabled=S-1-5-21-…");
  return { label: text.slice(0, at), sid: signable(text.slice(at + 1), said) };
}

/** Where the pool is. Tokens travel there, so it is https, or this machine. */
function wayTo(text: string): Way {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === "http:" && isLoopback(url.hostname);
  if (url !== undefined && url.pathname === "/" && url.username === "" && (url.protocol === "https:" || plain)) {
    const scheme = plain ? "http" : "https";
    const address = url.hostname.replace(/^\[|\]$/g, "");
    return { scheme, address, port: Number(url.port) || (plain ? 80 : 443) };
  }
  throw usage(
    `${JSON.stringify(text)} is not where a pool can be`,
    "Give https:// and a Front-End, with its port: https://fe01.corp.contoso.com:4443",
  );
}
