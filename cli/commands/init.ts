// `postern init`: asks what an administrator knows, and makes a gateway's configuration of it: wrangler.toml, keys, the
// database, the services that lead inside. It can be run again, and makes nothing twice.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { findingsIn } from "../config/check.ts";
import { parsed, readWranglerFile, sectionOf, type Table, tableOf, type WranglerFile } from "../config/file.ts";
import { type Context, command, flag, text } from "../define.ts";
import { usage } from "../fault.ts";
import { ANSWER_OPTIONS, answersFrom, answersOf, earlierAnswers } from "../init/ask.ts";
import { type Placed, placeDatabase, placeService, placeTables } from "../init/cloudflare.ts";
import { difference, withSection } from "../init/edit.ts";
import { answersIn, earlierBeside, idIn, isSample, servicesOf } from "../init/mapping.ts";
import { accountList, cloudflaredFile, recordsOf } from "../init/papers.ts";
import { type Answers, given, QUESTIONS } from "../init/questions.ts";
import { remaining } from "../init/remaining.ts";
import { keepSecrets, keptSecrets, madeSecrets, publicHalves } from "../init/secrets.ts";
import { type Ids, sectionFor } from "../init/section.ts";
import { type Wrangler, wranglerFor } from "../init/wrangler.ts";
import { table } from "../text/answer.ts";

const DEFAULT_ENVIRONMENT = "production";
/** Stands for an id that does not exist yet, while the rest is judged. */
const NO_ID_YET: Ids = Object.fromEntries(
  ["DB", "ORIGIN", "CONNECTOR", "CONNECTOR_2"].map((name, at) => [name, `f0000000-0000-4000-8000-00000000000${at}`]),
);

const OPTIONS = {
  env: text("name", "the environment: production (default), staging, …"),
  answers: text("file", 'the answers: JSON, {"zone": "contoso.com", …}'),
  file: text("file", "the wrangler.toml to write (default: that of this checkout)"),
  dryRun: flag("show what would change in the file, and do nothing"),
  noCloudflare: flag("only write files, and print the commands that are left"),
  databaseId: text("id", "of the D1 database, if you made it yourself"),
  frontEndService: text("id", "of the Workers VPC service ORIGIN"),
  connectorService: text("id", "of the Workers VPC service CONNECTOR"),
  connector2Service: text("id", "of the Workers VPC service CONNECTOR_2"),
  ...ANSWER_OPTIONS,
};

export const init = command({
  help: `Asks what only you know of your pool, and makes everything else: the environment in wrangler.toml, the keys, the D1
database with its tables, the Workers VPC services, cloudflared's configuration. It prints what is left to do, in order.

Run it again whenever something changes: what is configured already is the proposed answer, Enter keeps it. With an
option that gives an answer, only what has none is asked. Nothing is made twice, and nothing that you added to the file
is taken away. A change of an environment that is filled in is shown first. Without a terminal each question needs its option, or a file with --answers; every answer that is missing is said
at once, and a change of a filled-in environment needs --yes.

Cloudflare is asked through wrangler, if it is signed in (npx wrangler login). Keys go to it by standard input.`,
  options: OPTIONS,
  examples: [
    "init",
    "init --env staging",
    "init --answers answers.json --yes",
    "init --no-cloudflare --dry-run",
    "init --tunnel-id 6ff42ae2-765d-4adf-8112-31c55c1551ef",
  ],
  async run(context) {
    const { options, folder, question, complain } = context;
    const environment = nameOf(options.env);
    const file = readWranglerFile(folder, options.file);
    // Beside the file, so that a run in another folder finds the keys of the last one.
    const papers = papersOf(file, environment);
    const sources = sourcesOf(context, file, environment, papers);
    // Who changes one thing by an option is not led through all others.
    const all = Object.keys(options).every((name) => ["env", "file", "dryRun", "noCloudflare"].includes(name));
    const answers = await answersOf(sources, question, complain, all);
    const wrangler =
      options.noCloudflare === true || options.dryRun === true ? undefined : wranglerFor(context, file.path);
    const accounts = await wrangler?.accounts();
    if (accounts !== undefined && accounts.length > 1 && given(answers.account) === "") {
      throw usage("you can sign in to several accounts", `Say which with --account ID:\n${accountList(accounts)}`);
    }
    const cloudflare = accounts === undefined ? undefined : wrangler;

    let ids = idsFor(sectionOf(file.table, environment), answers, options);
    const writing = writer(file, environment, answers);
    await demandSound(writing(ids, NO_ID_YET), file.name, environment);
    const change = difference(file.name, file.text, writing(ids));
    if (options.dryRun === true) return { text: change || "Nothing would change.", json: { change } };
    await agree(context, file, environment, change);
    writeFileSync(file.path, writing(ids));
    mkdirSync(papers, { recursive: true, mode: 0o700 });
    writeFileSync(join(papers, "answers.json"), `${JSON.stringify(answers, null, 2)}\n`);
    const done: string[] = change === "" ? [] : [`wrote [env.${environment}] into ${file.name}`];
    const place = async (placing: Promise<Placed>) => {
      const placed = await placing;
      ids = { ...ids, ...placed.ids };
      done.push(...placed.done);
      writeFileSync(file.path, writing(ids));
    };

    const secrets = await placeSecrets(
      cloudflare,
      environment,
      papers,
      parsed(writing(ids, NO_ID_YET), file.name),
      done,
    );
    if (cloudflare !== undefined) {
      if (ids.DB === undefined) await place(placeDatabase(cloudflare, environment, answers));
      for (const binding of servicesOf(answers).filter((name) => ids[name] === undefined)) {
        await place(placeService(cloudflare, binding, environment, answers));
      }
      if (ids.DB !== undefined) await place(placeTables(cloudflare, environment));
    }
    writeFileSync(join(papers, "cloudflared.yml"), cloudflaredFile(answers));
    const halves = await publicHalves(keptSecrets(papers));
    if (halves !== undefined)
      writeFileSync(join(papers, "connector-keys.json"), `${JSON.stringify(halves, null, 2)}\n`);

    const without = ["DB", ...servicesOf(answers)].filter((binding) => ids[binding] === undefined);
    const paperName = relative(folder, papers);
    const steps = remaining({
      environment,
      answers,
      papers: paperName,
      without,
      signedIn: cloudflare !== undefined,
      ...secrets,
    });
    const records = recordsOf(answers);
    return {
      text: sayOf(done, steps, records, cloudflare === undefined && wrangler !== undefined),
      json: {
        environment,
        file: file.name,
        done,
        without,
        steps,
        records: records.map(([name, type, to]) => ({ name, type, to })),
      },
    };
  },
});

const papersOf = (file: WranglerFile, environment: string): string =>
  join(dirname(file.path), `postern-${environment}`);

type Given = Context<typeof OPTIONS>;

function nameOf(given: string = DEFAULT_ENVIRONMENT): string {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(given)) return given;
  throw usage(
    `"${given}" cannot be the name of an environment`,
    "Give lower-case letters, digits and hyphens: staging.",
  );
}

/** Options and the file of answers; what is configured already; what another environment has. */
function sourcesOf({ options, folder }: Given, file: WranglerFile, environment: string, papers: string) {
  const fromFile = options.answers === undefined ? {} : answersFrom(folder, options.answers);
  const typed: Readonly<Record<string, unknown>> = options;
  const fromOptions = Object.fromEntries(
    QUESTIONS.flatMap(({ key }) => (typeof typed[key] === "string" ? [[key, typed[key]] as const] : [])),
  );
  const said: Answers = { ...fromFile, ...fromOptions };
  const others = Object.keys(tableOf(file.table.env)).filter((name) => name !== environment);
  return {
    said,
    before: known(papers, sectionOf(file.table, environment)),
    beside: Object.assign(
      {},
      ...others.map((name) => known(papersOf(file, name), sectionOf(file.table, name))),
    ) as Answers,
  };
}

/** The answers of an earlier run, and those that the file gives. */
const known = (papers: string, section: Table): Answers => ({
  ...earlierBeside(earlierAnswers(papers), section),
  ...answersIn(section),
});

/** The ids that are in the file or were given. */
function idsFor(now: Table, answers: Answers, options: Given["options"]): Ids {
  const ids = {
    DB: options.databaseId ?? idIn(now, "d1_databases", "DB"),
    ORIGIN: options.frontEndService ?? idIn(now, "vpc_services", "ORIGIN"),
    CONNECTOR: options.connectorService ?? idIn(now, "vpc_services", "CONNECTOR"),
    CONNECTOR_2: options.connector2Service ?? idIn(now, "vpc_services", "CONNECTOR_2"),
  };
  const wanted = ["DB", ...servicesOf(answers)];
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) => (id === undefined || !wanted.includes(name) ? [] : [[name, id]])),
  );
}

/** The file's text with these ids. `others`: what stands for ids that are not known. */
const writer =
  (file: WranglerFile, environment: string, answers: Answers) =>
  (ids: Ids, others: Ids = {}): string =>
    withSection(
      file.text,
      file.name,
      environment,
      sectionFor(file.table, environment, sectionOf(file.table, environment), answers, { ...others, ...ids }),
    );

/** Throws a fault where the file would have one, before anything is written. */
async function demandSound(text: string, name: string, environment: string): Promise<void> {
  const found = await findingsIn(parsed(text, name), environment, { known: "nothing", why: "" });
  if (found === undefined || found.faults.length === 0) return;
  const fix = `${found.faults.join("\n")}\n\nChange an answer, or what stands in ${name}. Nothing was written.`;
  throw usage("these answers make a configuration with a fault", fix, { faults: found.faults });
}

/** What somebody may have written by hand is changed only after they have seen how. */
async function agree(context: Given, file: WranglerFile, environment: string, change: string): Promise<void> {
  if (change === "" || context.yes || isSample(sectionOf(file.table, environment))) return;
  if (context.question === undefined) {
    throw usage(`this would change [env.${environment}] of ${file.name}`, `${change}\nGive --yes to write it.`);
  }
  context.complain(`\n${change}\n`);
  if (/^y(es)?$/i.test((await context.question(`Write this into ${file.name}? [y/N] `)).trim())) return;
  throw usage("nothing was written", "Run it again with other answers.");
}

/** Makes what is missing, keeps it, and puts it in place where somebody is signed in. */
async function placeSecrets(
  cloudflare: Wrangler | undefined,
  environment: string,
  papers: string,
  whole: Table,
  done: string[],
) {
  const { needed = [] } = (await findingsIn(whole, environment, { known: "nothing", why: "" })) ?? {};
  const there = (await cloudflare?.secretNames(environment)) ?? [];
  const before = keptSecrets(papers);
  const { made, elsewhere } = await madeSecrets(needed, there, before);
  const all = { ...before, ...made };
  if (Object.keys(made).length > 0) {
    keepSecrets(papers, all);
    done.push(`made ${Object.keys(made).join(", ")}, kept in postern-${environment}/secrets.json`);
  }
  const toPut = Object.keys(all).filter((name) => needed.includes(name) && !there.includes(name));
  if (cloudflare !== undefined && toPut.length > 0) {
    await cloudflare.putSecrets(environment, Object.fromEntries(toPut.map((name) => [name, all[name] ?? ""])));
    done.push(`put ${toPut.join(", ")} in place at Cloudflare`);
  }
  return { toPut, elsewhere, kept: Object.keys(all).length > 0 };
}

function sayOf(
  done: readonly string[],
  steps: readonly string[],
  records: readonly (readonly string[])[],
  notSignedIn: boolean,
): string {
  const numbered = steps.map((step, at) => `${at + 1}. ${step.replaceAll("\n", "\n   ")}`);
  return [
    done.length === 0 ? "Nothing had to be changed." : `Done:\n${done.map((each) => `  ${each}`).join("\n")}`,
    ...(notSignedIn ? ["wrangler is not signed in, so nothing was made at Cloudflare."] : []),
    `Names in DNS:\n${table(records.map((record) => ["", ...record])).replaceAll(/^-/gm, " ")}`,
    `Left to do, in this order:\n${numbered.join("\n")}`,
  ].join("\n\n");
}
