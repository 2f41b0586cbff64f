// Where a pool takes clients of SOAP on whom Postern signs on with a token. The pool's own metadata says so. Postern
// keeps what it read for some minutes, so a sign-in does not read it.

import { MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { type FederationPort, federationPorts } from "../core/lync/federation-ports.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { Visit } from "./passive-visit.ts";

/** The metadata of the web ticket service. */
const METADATA = "/WebTicket/WebTicketService.svc/mex";
/** How long ports are kept, ms. A pool whose ports have moved refuses, and then they are read again at once. */
const KEPT_MS = 10 * 60_000;
/** How long Postern believes that there are none, ms: an administrator has just switched them on. */
const NONE_KEPT_MS = 60_000;

/** `sts-no-soap`: the metadata names no such port. */
type PortFault = "sts-unreachable" | "sts-no-soap";

/** The ports of one pool. */
export type PortBook = {
  /** The first one; after the pool refused there, the other one, if there is another. */
  readonly portFor: (visit: Visit, afterRejection: boolean) => Promise<Result<FederationPort, PortFault>>;
};

/** Keeps what was read, never the promise of it: a promise belongs to the request that made it. */
export function portBook(now: () => number): PortBook {
  let kept: { readonly ports: readonly FederationPort[]; readonly until: number } | undefined;
  return {
    portFor: async (visit, afterRejection) => {
      const known = !afterRejection && kept !== undefined && now() < kept.until ? kept.ports : undefined;
      const read = known === undefined ? await readPorts(visit) : ok(known);
      if (!read.ok) return read;
      const ports = read.value;
      if (known === undefined) kept = { ports, until: now() + (ports.length === 0 ? NONE_KEPT_MS : KEPT_MS) };
      const port = (afterRejection ? ports[1] : undefined) ?? ports[0];
      return port === undefined ? refuse("sts-no-soap") : ok(port);
    },
  };
}

function readPorts({ ask }: Visit): Promise<Result<readonly FederationPort[], PortFault>> {
  const read = async (answer: Response): Promise<Result<readonly FederationPort[], PortFault>> => {
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return refuse(answer.status >= 500 ? "sts-unreachable" : "sts-no-soap");
    }
    const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
    const ports = text.ok ? federationPorts(text.value.text) : text;
    return ports.ok ? ports : refuse("sts-no-soap");
  };
  const asked = { path: METADATA, method: "GET", headers: { accept: "text/xml" } } as const;
  return ask(asked, read).then((ports) => ports ?? refuse("sts-unreachable"));
}
