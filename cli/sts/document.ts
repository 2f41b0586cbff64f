// The metadata that a token service publishes, read as a pool reads it, and compared with what the gateway is configured
// to publish and with the keys at hand.

import { createHash, verify, X509Certificate } from "node:crypto";
import { readXml } from "../../src/core/lync/xml.ts";
import { DSIG, FEDERATION, METADATA } from "../../src/core/sts/names.ts";

/** A certificate in the document. */
export type Published = { readonly thumbprint: string; readonly begins: string; readonly ends: string };

/** What a pool learns from the document. */
export type MetadataDocument = {
  readonly issuer: string;
  /** Where browsers are sent. */
  readonly passiveUrl: string;
  readonly certificates: readonly Published[];
  /** Whether every byte is as it was signed. */
  readonly signature: "good" | "none" | "altered";
};

/** What it should say. */
export type Configured = {
  readonly host: string;
  readonly issuer: string;
  readonly keys: readonly { readonly thumbprint: string; readonly ends: string }[];
};

/** Something that is wrong with it, and what to do. */
export type DocumentFault = { readonly what: string; readonly fix: string };

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Reads it. Undefined: it is no metadata of a token service. */
export function readMetadataDocument(text: string): MetadataDocument | undefined {
  let [issuer, passiveUrl] = ["", ""];
  const path: string[] = [];
  const certificates: string[] = [];
  const read = readXml<never>(text, () => ({
    open: (tag) => {
      path.push(tag.local);
      if (path.length === 1 && tag.local === "EntityDescriptor" && tag.uri === METADATA) {
        issuer = tag.attributes.entityID?.value ?? "";
      }
      if (tag.local === "X509Certificate" && tag.uri === DSIG && path.includes("KeyDescriptor")) certificates.push("");
    },
    text: (piece) => {
      const at = path.join("/");
      if (at.endsWith("PassiveRequestorEndpoint/EndpointReference/Address")) passiveUrl += piece;
      if (at.endsWith("X509Certificate") && path.includes("KeyDescriptor")) {
        certificates.push(`${certificates.pop() ?? ""}${piece}`);
      }
    },
    close: () => void path.pop(),
  }));
  if (!read.ok || issuer === "" || passiveUrl === "" || !text.includes(FEDERATION)) return undefined;
  const shown = certificates.map((each) => certificateIn(each));
  const known = shown.flatMap((each) => each ?? []);
  if (known.length === 0 || known.length < shown.length) return undefined;
  return { issuer, passiveUrl, certificates: known, signature: signatureOf(text) };
}

function certificateIn(base64: string): Published | undefined {
  try {
    const { raw, validFromDate, validToDate } = new X509Certificate(Buffer.from(base64, "base64"));
    const thumbprint = createHash("sha1").update(raw).digest("hex").toUpperCase();
    return { thumbprint, begins: validFromDate.toISOString(), ends: validToDate.toISOString() };
  } catch {
    return undefined;
  }
}

/**
 * Postern writes the document in the form in which it is signed. So a document whose bytes do not have that form was
 * changed on its way, even where another reader could still verify it.
 */
function signatureOf(text: string): MetadataDocument["signature"] {
  const [signature = ""] = /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(text) ?? [];
  if (signature === "") return "none";
  const within = (name: string): string =>
    new RegExp(`<ds:${name}>([A-Za-z0-9+/=]+)</ds:${name}>`).exec(signature)?.[1] ?? "";
  const [info = ""] = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(signature) ?? [];
  const digest = createHash("sha256").update(text.replace(signature, ""), "utf8").digest("base64");
  const alone = info.replace("<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="${DSIG}">`);
  try {
    const { publicKey } = new X509Certificate(Buffer.from(within("X509Certificate"), "base64"));
    const value = Buffer.from(within("SignatureValue"), "base64");
    const good = verify("sha256", Buffer.from(alone, "utf8"), publicKey, value);
    return good && digest === within("DigestValue") ? "good" : "altered";
  } catch {
    return "altered";
  }
}

/** What is wrong with it. `atHand`: the thumbprints of the keys in a file, where there is one. */
export function judgeDocument(
  document: MetadataDocument,
  configured: Configured,
  atHand: readonly string[] | undefined,
  now: number,
): readonly DocumentFault[] {
  const { issuer, passiveUrl, certificates, signature } = document;
  const published = certificates.map(({ thumbprint }) => thumbprint);
  const wanted = configured.keys.map(({ thumbprint }) => thumbprint);
  const faults: DocumentFault[] = [];
  const find = (holds: boolean, what: string, fix: string): void => {
    if (holds) faults.push({ what, fix });
  };
  const deploy = "Another version or another Worker answers there. See to which Worker the name belongs, and deploy.";
  find(issuer !== configured.issuer, `it calls itself ${issuer}, and the gateway ${configured.issuer}`, deploy);
  const address = `https://${configured.host}/passive`;
  find(passiveUrl !== address, `it sends browsers to ${passiveUrl}, and the page is ${address}`, deploy);
  const missing = wanted.filter((each) => !published.includes(each));
  find(missing.length > 0, `it lacks the certificate ${missing.join(" and ")} of the gateway`, deploy);
  const strange = published.filter((each) => !wanted.includes(each));
  find(
    strange.length > 0,
    `it has the certificate ${strange.join(" and ")}, which the gateway does not have: whoever has its key is anybody at the pool`,
    "Find out who answers there. See docs/keys.md, The token service's keys: It was leaked.",
  );
  find(
    signature !== "good",
    signature === "none" ? "it is not signed" : "its bytes are not those that were signed, so a pool may refuse it",
    "Something changes it on its way. Switch off what rewrites pages of this host: dashboard, Speed and Scrape Shield; or a proxy of yours.",
  );
  const notHere = (atHand ?? []).filter((each) => !published.includes(each));
  find(
    notHere.length > 0,
    `it lacks the certificate ${notHere.join(" and ")} of your file`,
    "Put the key in place: npx wrangler secret put STS_KEYS --env production, and wait some seconds.",
  );
  for (const [at, { thumbprint, begins, ends }] of certificates.entries()) {
    const days = Math.floor((Date.parse(ends) - now) / DAY_MS);
    const role = at === 0 ? ", and it signs" : "";
    const fix = "Change it: docs/keys.md, The token service's keys. Then: npx postern keys rotate --sts.";
    find(days < 0, `the certificate ${thumbprint} ended on ${ends.slice(0, 10)}${role}`, fix);
    find(days >= 0 && days < SOON_DAYS, `the certificate ${thumbprint} ends in ${days} days${role}`, fix);
    find(
      Date.parse(begins) > now,
      `the certificate ${thumbprint} is good only from ${begins} on`,
      "Wait, or see whether the clock was right where it was made.",
    );
  }
  return faults;
}
