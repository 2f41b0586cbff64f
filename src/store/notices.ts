// The mail that waits. A notice is written in the same transaction as the event that it tells of, so neither is there
// without the other (S-57). How many of them somebody gets in a day is bounded: what goes over it is gathered in one
// notice, which is sent when the day is over.

import { type SQL, sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import { noticesOfEvent } from "../notices/of-event.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import type { Database } from "./database.ts";
import { notices } from "./schema-directory.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After so long, what a notice says is no news any more, ms. */
export const NOTICE_LIVES_MS = 3 * DAY_MS;
/** Notices of one kind that a person gets in a day, each by itself. */
const OF_A_PERSON = 5;
/** Notices of one kind that the help desk gets in a day, each by itself. */
const OF_THE_HELPDESK = 50;
/** How many people are told in a day that they are locked out of the portal. Strangers cause it (S-57). */
const LOCKED_OF_A_DAY = 200;
/** How many notices one that stands for many counts. The number then stays as it is. */
const MOST_GATHERED = 500;
/**
 * Events come to D1 some seconds after they happened, or later when it was away. The gathered notice waits for them,
 * ms.
 */
const GATHERED_AFTER_MS = HOUR_MS;

// D1 takes a number as a REAL, which divides into fractions. So these stand in the text of the statement.
const DAY = sql.raw(`${DAY_MS}`);
const GATHERED_AFTER = sql.raw(`${GATHERED_AFTER_MS}`);
const NOTICE_LIVES = sql.raw(`${NOTICE_LIVES_MS}`);

/**
 * The statement that queues the notices of these events, for the transaction that writes the events. It returns those
 * that it queued. Undefined: the events make none. To run it again changes nothing.
 */
export function queueOf(db: Database, events: readonly AuditedEvent[], settings: NoticeSettings) {
  const planned = new Map(events.flatMap((event) => noticesOfEvent(event, settings)).map((each) => [each.id, each]));
  if (planned.size === 0) return undefined;
  const one = (path: string): SQL => sql`excluded.facts ->> ${path}`;
  return db
    .insert(notices)
    .select(selectOf([...planned.values()]))
    .onConflictDoUpdate({
      target: notices.id,
      set: { facts: sql`json_insert(${notices.facts}, '$.more[#]', ${one("$.more[0]")})` },
      // It has no `more` when it does not stand for many. Then it is here already, and nothing is to be done.
      setWhere: sql`${notices.endedAt} is null and json_array_length(${notices.facts}, '$.more') < ${MOST_GATHERED}
        and not exists (select 1 from json_each(${notices.facts}, '$.more') where value = ${one("$.more[0]")})`,
    })
    .returning({ id: notices.id });
}

/**
 * The rows of the planned notices: each by itself within the bound of its day, the others as one that stands for many.
 */
function selectOf(planned: readonly object[]): SQL {
  return sql`select
      case when own then id else gathered end, kind, case when own or audience = 'person' then user_id end, audience,
      case when own then facts else json_object('at', day * ${DAY}, 'more', json_array(id)) end,
      null, at, case when own then at else (day + 1) * ${DAY} + ${GATHERED_AFTER} end,
      case when own then at else (day + 1) * ${DAY} + ${GATHERED_AFTER} end + ${NOTICE_LIVES}, 0, null, null
    from (
      select p.*,
        row_number() over (partition by p.audience, p.kind, p.day, p.recipient order by p.id)
        + case p.audience
          when 'person' then (
            select count(*) from notices o where o.user_id = p.user_id and o.audience = 'person' and o.kind = p.kind
            and o.created_at >= p.day * ${DAY} and o.created_at < (p.day + 1) * ${DAY} and o.id not glob 'more/*')
          else (
            select count(*) from notices o where o.audience = 'helpdesk' and o.kind = p.kind
            and o.created_at >= p.day * ${DAY} and o.created_at < (p.day + 1) * ${DAY} and o.id not glob 'more/*')
          end <= case p.audience when 'person' then ${OF_A_PERSON} else ${OF_THE_HELPDESK} end as own,
        'more/' || p.day || '/' || p.kind || '/' || p.recipient as gathered
      from (
        select value ->> 'id' as id, value ->> 'kind' as kind, value ->> 'userId' as user_id,
          value ->> 'audience' as audience, value -> 'facts' as facts, value ->> 'at' as at,
          (value ->> 'at') / ${DAY} as day,
          case value ->> 'audience' when 'person' then value ->> 'userId' else 'helpdesk' end as recipient
        from json_each(${JSON.stringify(planned)})
        where true
      ) p
      -- A user who was deleted gets no mail, and a row about that user could not be written.
      join users u on u.id = p.user_id
      where (p.audience = 'helpdesk' or u.mail is not null) and not exists (select 1 from notices o where o.id = p.id)
        and (p.kind <> 'portal-locked' or ${LOCKED_OF_A_DAY} > (
          select count(*) from notices o where o.id > 'portal-locked/' || p.day || '/' and o.id < 'portal-locked/' || p.day || '0'))
    )
    where true`;
}
