// Directories that are closed, and forms that take a directory password. A stranger who can post to such a form can lock
// an account in the directory, whatever Postern counts.

import { DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import type { Answer, Question } from "../wire.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const NO_FORM = "postern-doctor=1";

/** Directories of the inside, of clients that nobody has, and the same in a spelling that two readers read differently. */
const DIRECTORIES = [
  "/OcsPowershell/",
  "/cscp/",
  "/macp/",
  "/mcx/mcxservice.svc",
  "/PassiveAuth/PassiveAuth.aspx",
  "/PersistentChat/RM/",
  `${DISCOVERY}/domain`,
  "/lwa/..%2fcscp/",
  "/%63scp/",
];
/** Forms and services that take a directory password. The requests name nobody and carry no password. */
const PASSWORDS: readonly Pick<Question, "path" | "method">[] = [
  { path: "/dialin/Conference.aspx", method: "POST" },
  { path: "/Scheduler/", method: "POST" },
  { path: `${WEB_TICKET}/Pin`, method: "POST" },
  { path: "/WebTicket/WebTicketAdvancedService.svc/WinNegotiate", method: "POST" },
];

export const closed: Check = {
  ...{
    id: "closed",
    group: "translation",
    looks: "directories that must be closed, and forms that take a directory password",
  },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const asked = await Promise.all([
      ...DIRECTORIES.map(async (path) => ({ path, answer: await ask({ host: web, path }), form: false })),
      ...PASSWORDS.map(async ({ path }) => ({
        path,
        answer: await ask({ host: web, path, method: "POST", headers: FORM, body: NO_FORM }),
        form: true,
      })),
    ]);
    if (asked.every(({ answer }) => answer.kind === "silent")) return unseen(`${web} does not answer`);
    const findings = asked.flatMap(
      ({ path, answer, form }) => judgeClosed(`https://${web}${path}`, answer, form) ?? [],
    );
    return judged(findings, `${asked.length} addresses are closed`);
  },
};

/** Whether something answers at an address that must be closed. */
export function judgeClosed(about: string, answer: Answer, form: boolean): Finding | undefined {
  // 401 without a scheme is the row of a ticket: nobody can try a password there.
  const schemes = answer.kind === "heard" ? answer.headers.filter(([name]) => name === "www-authenticate") : [];
  if (answer.kind === "silent" || [400, 403, 404, 405].includes(answer.status) || answer.status >= 500)
    return undefined;
  if (answer.status === 401 && schemes.length === 0) return undefined;
  if (answer.status === 401 || form) {
    return {
      ...{ severity: "fault", about, what: `it takes a ${form ? "form" : "password"}: ${answer.status}` },
      why: "A stranger who knows a user name can try directory passwords here, and so lock the account for everything.",
      fix: "Postern closes this address. See what answers in its place (check answers), and whether this version was deployed.",
    };
  }
  return {
    ...{ severity: "fault", about, what: `it answers ${answer.status}, and must be closed` },
    why: "It belongs to the inside, or tells strangers of it.",
    fix: "Postern closes this address. See what answers in its place (check answers), and whether this version was deployed.",
  };
}
