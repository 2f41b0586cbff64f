// Directories that are closed, and forms that take a directory password. A stranger who can post to such a form can lock
// an account in the directory, whatever Postern counts.

import { PASSIVE_PATH } from "../../../src/core/sts/redirect.ts";
import { DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, type Question } from "../wire.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const NO_FORM = "postern-doctor=1";

/** Open where Postern is the pool's token service; the check `token-service` looks at it then. */
const PASSIVE_PAGE = "/PassiveAuth/PassiveAuth.aspx";
/** Directories of the inside, of clients that nobody has, and the same in a spelling that two readers read differently. */
const DIRECTORIES = [
  "/OcsPowershell/",
  "/cscp/",
  "/macp/",
  "/mcx/mcxservice.svc",
  PASSIVE_PAGE,
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
    // Without settings nobody has said whether there is a token service, and its redirect says it.
    const isOpen = (path: string, answer?: Answer): boolean =>
      path === PASSIVE_PAGE && (plan.known ? Boolean(plan.tokenService) : answer !== undefined && leadsToPage(answer));
    const directories = DIRECTORIES.filter((path) => !isOpen(path));
    const asked = await Promise.all([
      ...directories.map(async (path) => ({ path, answer: await ask({ host: web, path }), form: false })),
      ...PASSWORDS.map(async ({ path }) => ({
        path,
        answer: await ask({ host: web, path, method: "POST", headers: FORM, body: NO_FORM }),
        form: true,
      })),
    ]);
    if (asked.every(({ answer }) => answer.kind === "silent")) return unseen(`${web} does not answer`);
    const findings = asked.flatMap(({ path, answer, form }) =>
      isOpen(path, answer) ? [] : (judgeClosed(`https://${web}${path}`, answer, form) ?? []),
    );
    return judged(findings, `${asked.length} addresses are closed`);
  },
};

/** Whether it is the redirect of a gateway to the page of its token service. AD FS has its page elsewhere. */
export function leadsToPage(answer: Answer): boolean {
  const location = answer.kind === "heard" && answer.status === 302 ? header(answer, "location") : "";
  const to = URL.canParse(location) ? new URL(location) : undefined;
  return to?.protocol === "https:" && to.pathname === PASSIVE_PATH && to.searchParams.get("wa") === "wsignin1.0";
}

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
