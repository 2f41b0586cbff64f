// The pages of the token service as a program reads them, and a browser that goes through them without any script.

import type { PageBrowser } from "./gateway/page-browser.ts";
import type { SoftwarePasskey } from "./gateway/passkey.ts";
import { PASSPHRASE } from "./gateway/portal-browser.ts";

/** The form that Lync would get. */
export type Answer = { readonly action: string; readonly wa: string; readonly wresult: string; readonly wctx: string };

const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

/** The form of an answer; undefined: the page is another one. */
export function answerIn({ text }: { readonly text: string }): Answer | undefined {
  const action = /<form method="post" action="([^"]+)" id="answer">/.exec(text)?.[1];
  const field = (name: string): string => unescaped(new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? "");
  if (action === undefined) return undefined;
  return { action, wa: field("wa"), wresult: field("wresult"), wctx: field("wctx") };
}

/** The fields that every form of the page has. */
export const fieldsIn = ({ text }: { readonly text: string }): { readonly csrf: string; readonly flow: string } => ({
  csrf: /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? "",
  flow: /name="flow" value="([^"]+)"/.exec(text)?.[1] ?? "",
});

/** The number that a page shows. */
export const numberIn = ({ text }: { readonly text: string }): number =>
  Number(/<\/span>(\d{2})<\/p>/.exec(text)?.[1] ?? Number.NaN);

/** Goes through the pages in that browser. `rpId`: the name for which the portal makes passkeys. */
export function stsPages(browser: PageBrowser, rpId: string) {
  let fields = { csrf: "", flow: "" };
  return {
    ...browser,
    /** Follows a link of the pool to the page. */
    open: async (link: string) => {
      const page = await browser.get(link);
      fields = fieldsIn(page);
      return page;
    },
    fields: () => fields,
    signIn: (address: string, code: string, passphrase = PASSPHRASE) =>
      browser.post("/passive/code", { ...fields, address, passphrase, code }),
    signInWithPasskey: async (passkey: SoftwarePasskey) => {
      const { challenge } = await browser.ceremony("/passive/passkey/options", fields);
      const response = passkey.authenticate({ origin: browser.claims.origin, rpId, challenge });
      return browser.post("/passive/passkey", { ...fields, response });
    },
    /** Asks for a number, and follows to the page that shows it. */
    ask: async (address: string) => {
      const asked = await browser.post("/passive/ask", { ...fields, address });
      return browser.get(asked.headers.location ?? "");
    },
  };
}
