// Clocks: of this machine, the gateway, the pool and the connector. Kerberos allows five minutes, a challenge two.

import { CliFault } from "../../fault.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { header } from "../wire.ts";

/** Beyond this a clock is wrong, and soon something fails, s. */
const WRONG_S = 60;
const LOOK_S = 5;

export const clocks: Check = {
  ...{
    id: "clocks",
    group: "inside",
    looks: "the clocks of this machine, the gateway, the Front-End and the connector",
  },
  last: true,
  async run({ inside, heard }) {
    const dated = heard.flatMap((answer) => {
      const date = Date.parse(header(answer, "date"));
      return Number.isFinite(date) ? [{ host: answer.question.host, offsetS: (date - answer.at) / 1_000 }] : [];
    });
    const outside = dated.reduce<(typeof dated)[number] | undefined>(
      (least, each) => (least === undefined || Math.abs(each.offsetS) < Math.abs(least.offsetS) ? each : least),
      undefined,
    );
    const said = inside === undefined || inside.health instanceof CliFault ? undefined : inside.health;
    const middle = inside === undefined ? 0 : (inside.askedAt + inside.answeredAt) / 2;
    const spread = inside === undefined ? 0 : (inside.answeredAt - inside.askedAt) / 2_000;
    const gateway = said === undefined ? undefined : (Date.parse(said.at) - middle) / 1_000;
    const frontEnd = said?.clocks?.frontEndS;
    const findings = [
      ...(gateway === undefined ? [] : judgeClock("this machine, against the gateway", -gateway, spread)),
      // A date has whole seconds.
      ...(gateway !== undefined || outside === undefined
        ? []
        : judgeClock(`this machine, against ${outside.host}`, -outside.offsetS, 2)),
      ...(typeof frontEnd === "number" ? judgeClock("the Front-End, against the gateway", frontEnd, 2) : []),
    ];
    if (gateway === undefined && outside === undefined) return unseen("no answer had a date");
    const parts = [
      `this machine ${words(-(gateway ?? outside?.offsetS ?? 0))}`,
      ...(typeof frontEnd === "number" ? [`Front-End ${words(frontEnd)}`] : []),
      "a connector refuses orders when its clock is off: the check health says so",
    ];
    return judged(findings, parts.join("; "));
  },
};

/** What is wrong with a clock that is so many seconds ahead; `spread`: how exactly that is known, s. */
export function judgeClock(which: string, aheadS: number, spread: number): readonly Finding[] {
  const off = Math.abs(aheadS) - spread;
  if (off < LOOK_S) return [];
  const pool = which.startsWith("the Front-End");
  if (pool && off < WRONG_S) return [];
  return [
    {
      ...{ severity: pool ? "fault" : "warning", about: "clocks", what: `${which}: ${words(aheadS)}` },
      why: pool
        ? "Beyond five minutes Kerberos refuses every sign-on, and tickets seem to have ended or not to have begun."
        : "What doctor says of times is off by as much; if this is the machine of an agent or a connector, its orders are refused.",
      fix: `Set it by NTP: w32tm /resync in Windows, timedatectl set-ntp true in Linux.`,
    },
  ];
}

const words = (s: number): string => `${Math.abs(Math.round(s))} s ${s < 0 ? "behind" : "ahead"}`;
