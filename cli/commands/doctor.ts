// `postern doctor`: looks at a gateway from outside, as a client would, and from inside by the API; says what is wrong,
// why it matters and what to do.

import { type Context, command, flag, text, texts } from "../define.ts";
import { addressesIn } from "../doctor/checks/links.ts";
import { CHECKS } from "../doctor/checks.ts";
import { doctorOf, type Reach } from "../doctor/doctor.ts";
import { examine } from "../doctor/examine.ts";
import { insideOf } from "../doctor/inside.ts";
import { type Given, type Plan, planOf, unique } from "../doctor/plan.ts";
import { BY_NAME, reachAt } from "../doctor/reach.ts";
import { listOf, reportOf } from "../doctor/report.ts";
import { DISCOVERY } from "../doctor/services.ts";
import { type Check, GROUPS } from "../doctor/types.ts";
import { send } from "../doctor/wire.ts";
import { CliFault, usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import { readTargets } from "../reach/targets.ts";
import { passwordOf } from "../sign-in/app-password.ts";

const OPTIONS = {
  host: texts("name", "look at this public host, and at no other that the target names"),
  extra: texts("name", "a host more to look at for passwords: mail, AD FS, the SIP edge"),
  oldAddress: text("ip", "the public address of the old reverse proxy"),
  workersDev: text("name", "the Worker's name under workers.dev, which must be closed"),
  internal: texts("domain", "a domain of the inside that no answer may name"),
  gateway: text("url", "reach all hosts there, and not where DNS says: before the names have moved"),
  account: text("name", "sign in with this account, DOMAIN\\user or a UPN"),
  passwordFile: text("file", 'its app password is the first line of this file ("-": standard input); else it is asked'),
  slow: flag("look at what takes minutes, too: a poll that has to survive"),
  only: texts("check", "only this check, or this group"),
  skip: texts("check", "not this check, or this group"),
  outside: flag("ask no target"),
  list: flag("list the checks, and look at nothing"),
};
type Doctoring = Context<typeof OPTIONS, readonly ["[DOMAIN...]"]>;

export const doctor = command({
  help: `DOMAIN is a SIP domain, such as contoso.com. A target with a token says more: its settings name the hosts, and it is
asked for its health. Without a DOMAIN the target is asked; with one, a target is asked if you named one or chose one.

It is careful: it never sends a password that you did not give, makes one wrong guess at most, for a name that nobody
has, and sends no request twice to what it finds exposed. docs/doctor.md says of each check what it sends.

Exit codes: 0 nothing is wrong, 1 something is, 2 nobody could look.`,
  words: ["[DOMAIN...]"],
  options: OPTIONS,
  examples: `doctor --target production
doctor contoso.com --outside
doctor --host postern-test.contoso.com
doctor contoso.com --gateway https://192.0.2.7
doctor --target production --old-address 198.51.100.20 --extra mail.contoso.com
doctor --account 'CONTOSO\\alice' --password-file - --slow < app-password
doctor --only certificate --only exposed --json`,
  async run(context) {
    const { options, progress } = context;
    const checks = chosen(options.only ?? [], options.skip ?? []);
    if (options.list === true) return listOf(checks);
    const given = givenIn(context);
    const api = targetIn(context, given);
    const reach = reachIn(context, api);
    const inside = api === undefined ? undefined : await insideOf(api, context.now);
    const settings = inside === undefined || inside.settings instanceof CliFault ? undefined : inside.settings;
    const plan = await planIn(given, settings, reach);
    if (plan.publicHosts.length === 0 && inside === undefined) {
      throw usage("there is nothing to look at", "Give a SIP domain, --host or --target: npx postern doctor --help");
    }
    const account =
      options.account === undefined ? undefined : { account: options.account, password: await passwordOf(context) };
    const slow = options.slow === true;
    const { version, now } = context;
    const means = doctorOf({ plan, reach, inside, account, slow, version, now });
    return reportOf(await examine(checks, means, progress), means);
  },
});

function chosen(only: readonly string[], skip: readonly string[]): readonly Check[] {
  const unknown = [...only, ...skip].find(
    (word) => !CHECKS.some(({ id }) => id === word) && !GROUPS.some((group) => group === word),
  );
  if (unknown !== undefined)
    throw usage(`there is no check ${JSON.stringify(unknown)}`, "See: npx postern doctor --list");
  const named = (words: readonly string[], { id, group }: Check): boolean =>
    words.includes(id) || words.includes(group);
  return CHECKS.filter((check) => (only.length === 0 || named(only, check)) && !named(skip, check));
}

const NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i;

function givenIn({ words: [domains], options }: Doctoring): Given {
  const { host = [], extra = [], internal = [], oldAddress, workersDev } = options;
  const wrong = [...domains, ...host, ...extra, ...internal, ...(workersDev === undefined ? [] : [workersDev])].find(
    (name) => !NAME.test(name),
  );
  if (wrong !== undefined)
    throw usage(
      `${JSON.stringify(wrong)} is not the name of a host or domain`,
      "Give it without https:// and without a path, such as contoso.com.",
    );
  if (oldAddress !== undefined && !ADDRESS.test(oldAddress))
    throw usage(`${JSON.stringify(oldAddress)} is not an address`, "Give an IPv4 or IPv6 address.");
  return {
    domains: unique(domains),
    hosts: unique(host),
    extra: unique(extra),
    internal: unique(internal),
    oldAddress,
    workersDev,
  };
}

/** The target to ask; undefined where there is none, or nobody meant one. */
function targetIn(context: Doctoring, { domains, hosts }: Given): Api | undefined {
  const { options, target, env, api } = context;
  if (options.outside === true) return undefined;
  const named = target ?? env.POSTERN_TARGET ?? env.POSTERN_URL ?? readTargets(context).use;
  if (named === undefined && domains.length + hosts.length > 0) return undefined;
  try {
    return api();
  } catch (fault) {
    if (!(fault instanceof CliFault)) throw fault;
    throw usage(fault.message, `${fault.fix}\nOr look from outside alone: npx postern doctor DOMAIN --outside`);
  }
}

/** Where the hosts are reached. A gateway on this machine is reached at its own address, whatever host is meant. */
function reachIn({ options: { gateway } }: Doctoring, api: Api | undefined): Reach {
  const here = api?.target.url.protocol === "http:" ? api.target.url.origin : undefined;
  const at = gateway ?? here;
  if (at === undefined) return BY_NAME;
  const reach = reachAt(at);
  if (reach !== undefined) return reach;
  throw usage(
    `${JSON.stringify(at)} is not where a gateway can be reached`,
    "Give https:// and an address, such as https://192.0.2.7",
  );
}

/** Without settings, discovery says which web host there is. */
async function planIn(given: Given, settings: A.GatewaySettingsAnswer | undefined, reach: Reach): Promise<Plan> {
  const plan = planOf(given, settings);
  const [host] = plan.discovery;
  if (settings !== undefined || host === undefined) return plan;
  const answer = await send(
    { host, path: DISCOVERY, headers: { accept: "application/json" } },
    reach.way(host, "https", undefined, false),
  );
  if (answer.kind === "silent") return plan;
  const named = addressesIn(answer).flatMap((address) => (URL.canParse(address) ? [new URL(address).hostname] : []));
  return planOf(given, settings, unique(named));
}
