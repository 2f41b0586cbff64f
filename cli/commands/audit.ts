// `postern audit`: who signed in or failed to, from where, and why; what was changed, and by whom. An event appears
// some seconds after it happened.

import { FILTER, filterOf } from "../audit-filter.ts";
import { command, flag, LIST } from "../define.ts";
import type * as A from "../reach/answers.ts";
import type { Api, Page } from "../reach/api.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Answer, listed, table } from "../text/answer.ts";
import { AUDIT_COLUMNS } from "../text/audit.ts";

/** How long the gateway waits for a new event, s. */
const WAIT_S = 25;

export const audit = command({
  help: `Sign-ins, new verdicts on devices, and changes by administrators: when, who, the outcome and why, from where, with
which device. If the user is "-", Postern does not know the user.`,
  options: {
    ...FILTER,
    oldestFirst: flag("the oldest first"),
    follow: flag("go on, and write each new event; with --json one document a line"),
    ...LIST,
  },
  examples: [
    "audit --user alice@contoso.test --since 24h",
    "audit --outcome refused --since 7d --all --csv > refused.csv",
    "audit --outcome changed --by a_4f6z",
    "audit --follow",
  ],
  async run({ options, api, json, print, progress }) {
    const filter = filterOf(options);
    if (options.follow === true) return follow(api(), filter, json, print);
    const order = options.oldestFirst === true ? "asc" : undefined;
    const events = await api().pages<A.AuditEventAnswer>("/v1/audit", { ...filter, order }, options, (rows) =>
      progress?.(`${rows} events`),
    );
    progress?.("");
    return listed(events, AUDIT_COLUMNS, { empty: "No such events.", also: MORE_COLUMNS });
  },
});

const MORE_COLUMNS = {
  "USER ID": ({ userId }: A.AuditEventAnswer) => userId,
  "BY ID": ({ by }: A.AuditEventAnswer) => by?.id,
  WHY: ({ why }: A.AuditEventAnswer) => why,
  CHANGE: ({ change }: A.AuditEventAnswer) => (change === null || change === undefined ? null : JSON.stringify(change)),
  "REQUEST ID": ({ requestId }: A.AuditEventAnswer) => requestId,
};

/** Writes each event as it comes. Only the end of the process ends it. */
async function follow(
  api: Api,
  filter: ReturnType<typeof filterOf>,
  json: boolean,
  print: Surroundings["print"],
): Promise<Answer> {
  let after: string | undefined;
  for (;;) {
    const query = { ...filter, wait: WAIT_S, after };
    const page: Page<A.AuditEventAnswer> = await api.get("/v1/audit", query);
    after = page.next ?? after;
    for (const event of page.items) {
      const cells = Object.values(AUDIT_COLUMNS).map((cell) => cell(event));
      await print(`${json ? JSON.stringify(event) : table([cells])}\n`);
    }
  }
}
