// `postern sts metadata` and `postern sts token`: what the token service publishes, compared with its configuration, and a
// token to try at a verifier.

import { METADATA_PATH } from "../../src/core/sts/metadata.ts";
import { replyForm } from "../../src/core/sts/reply-form.ts";
import { type IssuedToken, issueToken, TEST_MARK } from "../../src/core/sts/response.ts";
import { command, count, oneOf, text } from "../define.ts";
import { BY_NAME, reachAt } from "../doctor/reach.ts";
import { type Heard, send, silence, textOf } from "../doctor/wire.ts";
import { failure, usage } from "../fault.ts";
import { writeNew } from "../files.ts";
import {
  accountAtHand,
  keysAtHand,
  poolIn,
  SIGNING,
  saidIn,
  type TokenServiceSaid,
  tokenServiceOf,
} from "../sts/at-hand.ts";
import { judgeDocument, type MetadataDocument, readMetadataDocument } from "../sts/document.ts";
import { facts, table } from "../text/answer.ts";

export const metadata = command({
  help: `Fetches what the token service publishes, as a pool does, and compares it with what the gateway says of itself and, with
--key-file, with the keys that you keep. It prints each certificate by the thumbprint that Windows shows, and the lines
for the Lync Server Management Shell. With --file it keeps the document, to serve it from a web site inside.

Exit codes: 0 all is as it should be, 1 something is wrong.`,
  options: {
    keyFile: SIGNING.keyFile,
    gateway: text("url", "reach the host there, and not where DNS says: before the name has moved"),
    file: text("file", "a new file for the document"),
  },
  examples: [
    "sts metadata --target production",
    "sts metadata --key-file sts-key.txt",
    "sts metadata --file FederationMetadata.xml",
  ],
  async run(context) {
    const { options, api, folder, now } = context;
    const said = await tokenServiceOf(context);
    const atHand = options.keyFile === undefined ? undefined : await keysAtHand(context);
    const here = api().target.url.protocol === "http:" ? api().target.url.origin : undefined;
    const answer = await published(said.host, options.gateway ?? here);
    const body = textOf(answer);
    const document = readMetadataDocument(body);
    if (document === undefined) {
      throw failure(
        `https://${said.host}${METADATA_PATH} answers ${answer.status} and is no metadata of a token service`,
        "See to which Worker the name belongs: dashboard, Workers, Domains. Then: npx postern doctor.",
      );
    }
    if (options.file !== undefined) writeNew(folder, options.file, body);
    const thumbprints = atHand?.map(({ thumbprint }) => thumbprint);
    const faults = judgeDocument(document, said, thumbprints, now());
    const shell = shellLines(said);
    return {
      text: [
        `https://${said.host}${METADATA_PATH}`,
        facts({ issuer: document.issuer, page: document.passiveUrl, signature: document.signature }),
        table([["THUMBPRINT", "ROLE", "FROM", "UNTIL"], ...rowsOf(document)]),
        ...(options.file === undefined
          ? []
          : [`Kept in ${options.file}. Serve it from a web site that Front-Ends reach, as it is.`]),
        ...faults.map(({ what, fix }) => `WRONG  ${what}.\n  What to do: ${fix}`),
        `In the Lync Server Management Shell, for each pool:\n${shell.map((line) => `  ${line}`).join("\n")}`,
        "Whether a Front-End has learnt these thumbprints, a test pool says: npx postern sts probe --help (trust, two-keys).",
      ].join("\n\n"),
      json: { host: said.host, ...document, faults, shell },
      exit: faults.length > 0 ? 1 : 0,
    };
  },
});

async function published(host: string, at: string | undefined): Promise<Heard> {
  const reach = at === undefined ? BY_NAME : reachAt(at);
  if (reach === undefined) {
    throw usage(`${JSON.stringify(at)} is not where a gateway can be reached`, "Give https:// and an address.");
  }
  const answer = await send({ host, path: METADATA_PATH, secret: true }, reach.way(host, "https", undefined, false));
  if (answer.kind === "heard") return answer;
  throw failure(
    `https://${host} does not answer: ${silence(answer)}`,
    "Add the name to `routes` of wrangler.toml as a custom domain, and deploy. npx postern doctor looks closer.",
  );
}

const rowsOf = ({ certificates }: MetadataDocument) =>
  certificates.map(({ thumbprint, begins, ends }, at) => [
    ...[thumbprint, at === 0 ? "signs" : "next"],
    ...[begins.slice(0, 10), ends.slice(0, 10)],
  ]);

/** What an administrator of the pool types. POOL stands for the name of each pool, which Postern does not know. */
function shellLines({ host, realms }: TokenServiceSaid): readonly string[] {
  const uri = `https://${host}${METADATA_PATH}`;
  const pools = realms.length === 0 ? ["POOL"] : realms.map(({ webHost }) => `POOL_OF_${webHost}`);
  return pools.flatMap((pool) => [
    `Set-CsWebServiceConfiguration -Identity "Service:WebServer:${pool}" -UseWsFedPassiveAuth $true -WsFedPassiveMetadataUri "${uri}"`,
    `Get-CsWebServiceConfiguration -Identity "Service:WebServer:${pool}" | Select UseWsFedPassiveAuth, WsFedPassiveMetadataUri`,
  ]);
}

const MAX_MINUTES = 240;
const DEFAULT_MINUTES = 5;
const FORMS = ["response", "assertion", "form"] as const;

export const token = command({
  help: `Makes a TEST TOKEN with the key that you keep, to try at a pool or at any verifier. Whoever has it is that account there
until it ends, so it goes into a new file that only you can read, or into JSON, and never to the terminal. Its id begins
with ${TEST_MARK}, and the issued ones of the audit do not have it: note the id where you look for strange tokens.

It is made for ordinary accounts of STS_DOMAIN_SIDS alone. No gateway is asked if --sid, --upn, --realm, --web-host and
--issuer say all; then the account's own domain stands for STS_DOMAIN_SIDS.`,
  options: {
    ...SIGNING,
    minutes: count(`good for so many minutes (default ${DEFAULT_MINUTES})`, 1, MAX_MINUTES),
    as: oneOf(FORMS, "wresult (default), the assertion alone, or the whole form for curl --data-binary @FILE"),
    wctx: text("text", "with --as form: the pool's wctx"),
    file: text("file", "a new file for the token"),
  },
  examples: `sts token --key-file sts-key.txt --user alice@contoso.com --file token.xml
sts token --key-file sts-key.txt --user alice@contoso.com --as form --file form.txt
sts token --key-file key.txt --sid S-1-5-21-1-2-3-1104 --upn a@contoso.com --as assertion --file a.xml`,
  async run(context) {
    const { options, json, folder, now } = context;
    const { file, as = "response", minutes = DEFAULT_MINUTES, wctx = "" } = options;
    if (file === undefined && !json) {
      throw usage(
        "a token is not shown at a terminal",
        "Give --file FILE for a new file that only you can read, or --json.",
      );
    }
    const [key] = await keysAtHand(context);
    const said = await saidIn(context);
    const { realm } = poolIn(options, said);
    const account = await accountAtHand(context, said);
    const issuer = options.issuer ?? said?.issuer ?? "";
    const at = now();
    const made = await issueToken(
      { issuer, audience: realm, ...account, method: "unspecified", authenticatedAt: at, now: at, minutes },
      key,
      TEST_MARK,
    );
    if (!made.ok) throw failure(`no token can be made: ${made.reason}`, FAULTS[made.reason]);
    const { id, expiresAt } = made.value;
    const written = writtenAs(as, made.value, wctx);
    if (file !== undefined) writeNew(folder, file, written);
    const until = new Date(expiresAt).toISOString();
    const about = {
      id,
      sid: account.sid,
      upn: account.upn,
      issuer,
      audience: realm,
      thumbprint: key.thumbprint,
      until,
    };
    return {
      text: `TEST TOKEN\n${facts({ ...about, file })}\n\nWhoever has it is ${account.upn} at ${realm} until then. Delete the file when you have tried it.`,
      json: { test: true, ...about, as, ...(file === undefined ? { token: written } : { file }) },
    };
  },
});

const FAULTS = {
  "bad-sid": "Give the SID of an ordinary account.",
  "bad-text": "The issuer, the realm and the UPN must be there, in at most 512 characters without control characters.",
  "key-expired": "The certificate of the first key has ended: docs/keys.md, The token service's keys.",
  "key-not-yet": "The certificate of the first key has not begun: docs/keys.md, The token service's keys.",
} as const;

function writtenAs(as: (typeof FORMS)[number], { wresult, assertion }: IssuedToken, wctx: string): string {
  if (as === "form") return replyForm(wresult, wctx);
  return as === "response" ? wresult : assertion;
}
