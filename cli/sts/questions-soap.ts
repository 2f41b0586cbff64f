// What desktops need: a port of the web ticket service for passive sign-in, and a ticket of SAML with a proof key from it.

import { issuedTicket } from "../../src/core/lync/web-ticket.ts";
import { type Answer, silence, textOf } from "../doctor/wire.ts";
import { answered, type Outcome, open, type PoolQuestion, type Probe, statusOf } from "./question.ts";

export const ports: PoolQuestion = {
  ...{ id: "ports", of: 4, needs: ["reach"] },
  asks: "Which ports of the web ticket service are there for passive sign-in?",
  sends: "GET of /WebTicket/WebTicketService.svc/mex",
  async ask({ visit, found }) {
    const answer = await visit.metadata();
    if (answer.kind === "silent") return open(`it breaks off: ${silence(answer)}`, "Run it again.");
    const listed = [...textOf(answer).matchAll(PORT)].map(([, name = "", address = ""]) => [name, address] as const);
    if (answer.status !== 200 || listed.length === 0) {
      return open(`it answers ${answer.status} without ports`, "Open it in a browser on the Front-End.");
    }
    found.ports = new Map(listed);
    const passive = listed.filter(([name]) => /wsfed/i.test(name));
    const names = listed.map(([name]) => name.replace(/^WebTicketService/, "")).join(" ");
    return answered(
      passive.length === 0
        ? `None. It lists ${names}.`
        : passive
            .map(([name, address]) => `${name} at ${pathOf(address) ?? address}`)
            .join(", ")
            .concat("."),
    );
  },
};

/** A port of a WSDL and its address. */
const PORT = /<(?:\w+:)?port\b[^>]*\bname="([^"]{1,100})"[^>]*>\s*<(?:\w+:)?address\b[^>]*\blocation="([^"]{1,1000})"/g;

/** The path of an address, whatever host a Front-End names there. */
const pathOf = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).pathname : undefined);

export const soapPassive: PoolQuestion = {
  ...{ id: "soap-passive", of: 4, needs: ["ports", "trust"] },
  asks: "Does WsFedPassive give desktops a ticket of SAML with a proof key?",
  sends: "a desktop's request to that port, with the session's cookies",
  ask: (probe) => atPort(probe, /WsFedPassive$/i, (path) => probe.visit.orderTicket(path, probe, probe.found.session)),
};

export const soapBearer: PoolQuestion = {
  ...{ id: "soap-bearer", of: 4, needs: ["ports", "trust"] },
  asks: "Does WsFedBearer take a token of this token service?",
  sends: "a desktop's request to that port, with a token in its header",
  async ask(probe) {
    const made = await probe.token();
    if (!made.ok) return open("no token can be made", "See npx postern sts metadata for the keys.");
    const { sipUri } = probe;
    const { assertion } = made.value;
    return atPort(probe, /WsFedBearer$/i, (path) => probe.visit.orderTicket(path, { sipUri, assertion }));
  },
};

async function atPort({ found }: Probe, name: RegExp, order: (path: string) => Promise<Answer>): Promise<Outcome> {
  const [, address = ""] = [...(found.ports ?? [])].find(([each]) => name.test(each)) ?? [];
  const path = pathOf(address);
  if (path === undefined) return answered("There is no such port: it is closed.");
  const answer = await order(path);
  if (answer.kind === "silent") return open(`it breaks off: ${silence(answer)}`, "Run it again.");
  const text = textOf(answer);
  const issued = answer.status === 200 ? issuedTicket(text) : undefined;
  if (issued === undefined) {
    const reason = /<(?:\w+:)?(?:faultstring|Text)\b[^>]*>([^<]{1,200})</.exec(text)?.[1] ?? "no reason";
    return answered(`No: ${statusOf(answer)}, ${reason}`);
  }
  const proof = /<(?:\w+:)?RequestedProofToken\b/.test(text) || /<(?:\w+:)?Entropy\b/.test(text);
  return answered(
    issued.kind === "saml"
      ? `Yes: a ticket of SAML ${proof ? "with a proof key. Desktops can be signed on" : "without a proof key"}.`
      : "It gives a compact ticket, with which a desktop cannot get its certificate.",
  );
}
