// Reads what `klist -f` says about a cache file, under LC_ALL=C and TZ=UTC.

/** A cache with exactly one ticket in it. Times in ms. */
export type ListedTicket = {
  /**
   * The principal of the cache, as Kerberos spells it. In an enterprise name the inner `@` is escaped. An account name
   * may have spaces.
   */
  readonly principal: string;
  readonly service: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly forwardable: boolean;
};

const TIME = "(\\d\\d)/(\\d\\d)/(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d)";
const TICKET = new RegExp(`^${TIME}  ${TIME}  (\\S+)$`);

/** Reads the output. Undefined unless the cache has exactly one ticket. */
export function readKlist(text: string): ListedTicket | undefined {
  const lines = text.split("\n");
  const principal = /^Default principal: (.+)$/m.exec(text)?.[1];
  const tickets = lines.flatMap((line) => {
    const found = TICKET.exec(line);
    return found === null ? [] : [found];
  });
  const [ticket, ...more] = tickets;
  if (principal === undefined || ticket === undefined || more.length > 0) return undefined;
  const flags = /Flags: (\S+)/.exec(text)?.[1] ?? "";
  return {
    principal,
    service: ticket[13] ?? "",
    startsAt: timeOf(ticket.slice(1, 7)),
    endsAt: timeOf(ticket.slice(7, 13)),
    forwardable: flags.includes("F"),
  };
}

function timeOf(parts: readonly string[]): number {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second);
}
