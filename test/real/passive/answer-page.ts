// The page on which a token service gives its answer, as small as it can be: one form that is posted to the relying
// party, by a script or by a button. Tests of relying parties use it where Postern's own page, with its sign-in, would
// only be in the way.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { close, listen } from "../../../simulator/listen.ts";

const SCRIPT = `document.getElementById("answer").submit();`;
const SCRIPT_HASH = createHash("sha256").update(SCRIPT).digest("base64");

/** What a relying party sent along. */
export interface Asked {
  readonly realm: string;
  readonly wctx: string;
}

/** A running page. `passiveUrl`: its address, to which relying parties send browsers. */
export interface AnswerPages {
  readonly passiveUrl: string;
  /** Replaces whom the page answers: `formAction` is the source in its Content-Security-Policy. */
  answerFor(rp: { readonly reply: string; readonly formAction: string }): void;
  readonly stop: () => Promise<void>;
}

/** Starts the page at `http://<host>:<port>/passive`. The host must lead to 127.0.0.1. */
export async function startAnswerPages(host: string, issue: (asked: Asked) => Promise<string>): Promise<AnswerPages> {
  let answered = { reply: "about:blank", formAction: "'none'" };
  const server = createServer(async (request, response) => {
    const query = new URL(request.url ?? "/", `http://${host}`).searchParams;
    const asked = { realm: query.get("wtrealm") ?? "", wctx: query.get("wctx") ?? "" };
    const body = page(answered.reply, await issue(asked), asked.wctx);
    const policy = `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; form-action ${answered.formAction}`;
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    response.writeHead(200, { ...headers, "content-security-policy": `${policy}; frame-ancestors 'none'` }).end(body);
  });
  const port = await listen(server, 0);
  return {
    passiveUrl: `http://${host}:${port}/passive`,
    answerFor: (rp) => {
      answered = rp;
    },
    stop: () => close(server),
  };
}

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${attribute(value)}">`;

const page = (reply: string, wresult: string, wctx: string): string =>
  `<!DOCTYPE html><title>Signing in</title><form id="answer" method="post" action="${attribute(reply)}">` +
  `${hidden("wa", "wsignin1.0")}${hidden("wresult", wresult)}${hidden("wctx", wctx)}` +
  `<input type="submit" value="Go on"></form><script>${SCRIPT}</script>`;
