// `postern target …`: the gateways that this command asks, each with a token. A token is typed, read from a file or
// from standard input; it is never an argument, which other users of the machine could see.

import { type Context, command, flag, text } from "../define.ts";
import { type CliFault, usage } from "../fault.ts";
import { type Standing, textOf } from "../many.ts";
import type * as A from "../reach/answers.ts";
import { apiOf } from "../reach/api.ts";
import { addressOf, chosenTarget, deployed, isToken } from "../reach/choose.ts";
import { type KeptTarget, LOCAL, readTargets, targetsFile, writeTargets } from "../reach/targets.ts";
import { type Columns, facts, listed } from "../text/answer.ts";

const COLUMNS: Columns<{ readonly name: string; readonly url: string; readonly used: boolean }> = {
  ...{ NAME: "name", ADDRESS: "url", "IN USE": ({ used }) => (used ? "yes" : "") },
};

export const list = command({
  options: { csv: flag("comma-separated values on standard output") },
  examples: "target list",
  async run(context) {
    const { use = LOCAL, targets } = readTargets(context);
    const all = { [LOCAL]: { url: 'the gateway of "npm start"' }, ...targets };
    const items = Object.entries(all).map(([name, { url }]) => ({ name, url, used: name === use }));
    return listed({ items, next: null }, COLUMNS, { empty: "" });
  },
});

export const show = command({
  help: "Without TARGET the one that commands ask now. Never shows the token.",
  words: ["[TARGET]"],
  examples: ["target show", "target show staging"],
  async run(context) {
    const { name, url, headers } = chosenTarget(context, context.words[0] ?? context.target);
    const access = "cf-access-client-id" in headers;
    const json = { name, url: url.origin, access, file: name === LOCAL ? context.state : targetsFile(context) };
    const through = access ? "with a service token" : "without a service token";
    const lines = facts({ address: json.url, Access: through, "token in": json.file });
    return { text: `${name}\n${lines}`, json };
  },
});

export const add = command({
  help: `The token is asked at the terminal, or read from --token-file or from standard input. It is kept in
~/.config/postern/targets.json, which only you may read. The gateway is asked once whether it accepts the token.

Behind Cloudflare Access: give the id of a service token, and its secret as the second line of the same input.`,
  words: ["NAME", "URL"],
  options: {
    tokenFile: text("file", "the token is the first line of this file"),
    accessId: text("id", "the client id of a service token of Cloudflare Access"),
    noCheck: flag("do not ask the gateway"),
  },
  examples: `target add staging https://postern-admin.staging.contoso.com
target add production https://postern-admin.contoso.com --token-file token.txt`,
  async run(context) {
    const { words, options } = context;
    const [name, address] = words;
    if (!/^[a-z0-9][a-z0-9_-]{0,30}$/i.test(name) || name === LOCAL) {
      const fix = "Give letters, digits, - and _, at most 31 of them; local is the gateway of npm start.";
      throw usage(`${JSON.stringify(name)} cannot be the name of a target`, fix);
    }
    const url = addressOf(address).origin;
    const { accessId: id, tokenFile } = options;
    const [token = "", secret = ""] = await secretsOf(context, tokenFile, id);
    if (!isToken(token)) throw usage("that is not a token", "Paste it as it was shown, on one line: pt_…");
    if (id !== undefined && secret === "") {
      throw usage("the secret of the service token is missing", "Give it on the second line.");
    }
    const target: KeptTarget = { url, token, ...(id === undefined ? {} : { access: { id, secret } }) };
    const me =
      options.noCheck === true ? undefined : await apiOf(deployed(name, target)).get<A.WhoamiAnswer>("/v1/whoami");
    const { targets, ...kept } = readTargets(context);
    writeTargets(context, { ...kept, targets: { ...targets, [name]: target } });
    const who = me === undefined ? "" : ` Its token is "${me.name}", scope ${me.scope}.`;
    return {
      text: `Added ${name}, ${url}.${who} Name it with --target ${name}, or choose it: npx postern target use ${name}`,
      json: { name, url, ...(me === undefined ? {} : { whoami: me }) },
    };
  },
});

export const use = command({
  words: ["TARGET"],
  examples: ["target use staging", "target use local"],
  async run(context) {
    const [name] = context.words;
    const kept = readTargets(context);
    if (name !== LOCAL && kept.targets[name] === undefined) throw unknown(name);
    writeTargets(context, { ...kept, use: name });
    return { text: `Commands that name no target ask ${name} from now on.`, json: { use: name } };
  },
});

export const remove = command({
  help: "The token stays good at the gateway: revoke it there with token revoke.",
  words: ["TARGET"],
  examples: "target remove staging",
  async run(context) {
    const [name] = context.words;
    const { use: used, targets } = readTargets(context);
    const { [name]: gone, ...rest } = targets;
    if (gone === undefined) throw unknown(name);
    writeTargets(context, { ...(used === undefined || used === name ? {} : { use: used }), targets: rest });
    return {
      text: `Forgot ${name} and its token. At the gateway the token is good until it is revoked or ends.`,
      json: { name },
    };
  },
});

const unknown = (name: string): CliFault =>
  usage(`there is no target ${JSON.stringify(name)} in your file`, "See: npx postern target list");

/** The token, and behind Access the secret of the service token. */
async function secretsOf(context: Standing & Pick<Context, "question">, file?: string, accessId?: string) {
  const { question } = context;
  if (file !== undefined || question === undefined) {
    return (await textOf(context, file ?? "-")).split("\n").map((line) => line.trim());
  }
  const asked = ["Token", ...(accessId === undefined ? [] : ["Secret of the service token"])];
  const given: string[] = [];
  for (const what of asked) given.push((await question(`${what} (not shown): `, true)).trim());
  return given;
}
