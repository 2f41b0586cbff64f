// One sign-in, step by step: each part through which its request went, what that part decided, since when and how long,
// and which part ended it. Pure: from the event with its stages, the user's app passwords and what followed.

import { explained, type Language, reasonIn, type ToExplain } from "./explain.ts";
import type { KeptTrace, StageTaken } from "./stages.ts";
import { TRACE_PARTS, type TracePart, type TraceResult } from "./trace-shapes.ts";
import { inTraceWords, type TraceWord } from "./trace-words.ts";

export type TraceStep = {
  readonly part: TracePart;
  readonly result: TraceResult;
  /** ms after the request came; null where nobody measured it. */
  readonly at: number | null;
  readonly ms: number | null;
  readonly detail: string;
};

/** What a trace needs of an event. Times are ISO 8601. */
export type TracedEvent = ToExplain & {
  readonly at: string;
  readonly host: string;
  readonly userAgent: string;
  readonly workstation: string;
  readonly credentialId: string | null;
  readonly device: string | null;
  readonly deviceKey: string | null;
  readonly country: string | null;
  readonly city: string | null;
};

/** What is told beside the event. */
export type TraceOf = {
  readonly kept: KeptTrace | undefined;
  /** The label of the app password that was used. */
  readonly label?: string | undefined;
  /** The decisions about devices that followed, the first one first. */
  readonly later: readonly TracedEvent[];
};

/** Where an attempt ended that got no ticket. */
const ENDS_BY_REASON: Readonly<Record<string, TracePart>> = {
  "not-a-token-request": "order",
  "address-of-another": "order",
  "proof-malformed": "request",
  "proof-stale": "request",
  "sign-on-overloaded": "sign-on-line",
  "sign-on-rejected": "front-end",
  "sts-grant-refused": "front-end",
  "passive-other-cookies": "request",
  "app-password-unknown-key": "user-guard",
  "app-password-broken": "user-guard",
  "ticket-of-another-user": "ticket",
  "ended-meanwhile": "ticket",
};

/** The steps of a sign-in. */
export function traceSteps(event: TracedEvent, of: TraceOf, language: Language): TraceStep[] {
  const guest = event.channel === "guest";
  const end = endOf(event, of.kept);
  const parts = TRACE_PARTS.filter(
    (part) =>
      part !== "device" &&
      (guest ? GUEST_PARTS.has(part) : part !== "order" || end === "order") &&
      !(part === "connector" && event.channel === "certificate") &&
      (event.channel !== "passive" || isOfPage(part, end, of.kept)),
  );
  const at = parts.indexOf(end);
  const reason = reasonIn(event, language);
  const steps = parts.flatMap((part, index): TraceStep[] => {
    if (part === "answer") return [step(part, "passed", undefined, answerOf(event, end, language))];
    if (index > at || (event.reason === "no-ticket" && OF_SIGN_ON.has(part)))
      return [step(part, "not-reached", undefined, inTraceWords(language, "notReached"))];
    const stages = stagesOf(of.kept, part);
    // A token that the Front-End refused is got a second time, and each time is a step.
    return (stages.length === 0 ? [undefined] : stages).map((stage, time) => {
      const decides = part === end && time === Math.max(0, stages.length - 1);
      const detail = saidOf(part, stage, decides, { event, of, reason, language });
      const told = step(part, decides ? "decided" : "passed", stage, detail);
      // The part that wrote the event could not measure itself.
      return decides || part === "ticket" ? { ...told, at: told.at ?? askedLast(of.kept) } : told;
    });
  });
  return guest || event.outcome !== "signed-in" ? steps : [...steps, ...deviceSteps(event, of, language)];
}

const OF_SIGN_ON: ReadonlySet<TracePart> = new Set(["sign-on-line", "connector", "front-end"]);
/**
 * Whether a sign-in by the page goes through this part in that request. Nobody is signed on, and only the page itself asks
 * the network's guard.
 */
function isOfPage(part: TracePart, end: TracePart, kept: KeptTrace | undefined): boolean {
  if (part === "sign-on-line" || part === "connector") return false;
  if (!["network-guard", "directory", "user-guard"].includes(part) || part === end || kept === undefined) return true;
  return kept.stages.some(({ stage }) => stage === part);
}

const GUEST_PARTS: ReadonlySet<TracePart> = new Set(["request", "network-guard", "front-end", "ticket", "answer"]);

const step = (part: TracePart, result: TraceResult, stage: StageTaken | undefined, detail: string): TraceStep => ({
  part,
  result,
  at: part === "request" ? 0 : (stage?.at ?? null),
  ms: stage?.ms ?? null,
  detail,
});

/** The part that ended it; `answer` of a success. */
function endOf({ outcome, reason, channel }: TracedEvent, kept: KeptTrace | undefined): TracePart {
  if (outcome === "signed-in") return "answer";
  const known = ENDS_BY_REASON[reason];
  if (known !== undefined) return known;
  if (outcome === "failed") {
    if (reason.startsWith("sign-on-")) return "connector";
    if (reason.startsWith("sts-")) {
      return reason === "sts-user-unknown-to-pool" && wasAsked(kept, "front-end") ? "front-end" : "connector";
    }
    if (reason.startsWith("answer-")) return "ticket";
    return "front-end";
  }
  const stages = kept?.stages ?? [];
  if (channel === "guest") return wasAsked(kept, "front-end") ? "front-end" : "network-guard";
  if (reason === "unknown-user") return "directory";
  if (reason.startsWith("passive-")) return "user-guard";
  if (kept !== undefined && stages.length === 0) return "network-guard";
  // Without stages, the words that only a network's guard uses tell.
  return reason === "network-waiting" ? "network-guard" : "user-guard";
}

const wasAsked = (kept: KeptTrace | undefined, part: TracePart): boolean =>
  kept?.stages.some(({ stage }) => stage === part) ?? false;

/** The waits of one part. A guard that was not sure of a proof is asked again, with what D1 knows. */
function stagesOf(kept: KeptTrace | undefined, part: TracePart): StageTaken[] {
  return (kept?.stages ?? []).filter(({ stage, said }) => stage === part && said !== "unsure");
}

/** When all waits of the event were over, which is when the part was asked that wrote it, ms. */
function askedLast(kept: KeptTrace | undefined): number | null {
  const last = kept?.stages.at(-1);
  return last === undefined ? null : last.at + last.ms;
}

type About = {
  readonly event: TracedEvent;
  readonly of: TraceOf;
  readonly reason: string;
  readonly language: Language;
};

function saidOf(part: TracePart, stage: StageTaken | undefined, decides: boolean, about: About): string {
  const { event, of, reason, language } = about;
  const say = (word: TraceWord, values?: Readonly<Record<string, string>>): string =>
    inTraceWords(language, word, values);
  switch (part) {
    case "request":
      return [
        came(event, language),
        ...(decides ? [reason] : []),
        ...(of.kept === undefined ? [say("noStages")] : []),
      ].join(" ");
    case "network-guard":
      if (decides) return reason + waits(event, language);
      if (stage === undefined && of.kept !== undefined && event.channel === "certificate")
        return say("networkNotAsked");
      return say(stage?.said === "familiar" ? "networkFamiliar" : "networkAdmitted");
    case "directory":
      if (decides) return say("nameNobody");
      if (stage === undefined && of.kept !== undefined) return say("nameRecalled");
      if (event.channel === "passive") return say("pageUser", { user: event.user ?? "" });
      return say("nameFound", { user: event.user ?? "", kind: say(KINDS[stage?.said ?? ""] ?? "kindAlias") });
    case "user-guard":
      if (decides) return reason + waits(event, language);
      if (event.channel === "passive") return say("pageToken");
      return of.label === undefined ? say("userProved") : say("userProvedWith", { label: of.label });
    case "order":
      return reason;
    case "sign-on-line":
      return decides ? reason : say("turn");
    case "connector": {
      const asked = stage?.said ?? "";
      if (asked.startsWith("sts") || event.reason.startsWith("sts-")) {
        return decides ? say("stsFailed", { reason }) : say("stsGave");
      }
      return decides ? say("connectorFailed", { asked, reason }) : say("connectorGave", { asked });
    }
    case "front-end": {
      const status = stage?.said ?? "";
      if (/^\d{3}$/.test(status)) {
        const gave = say("frontEndGave", { status });
        return decides ? `${gave} ${reason}` : gave;
      }
      return say("frontEndAway", { reason });
    }
    case "ticket": {
      if (decides) return reason;
      if (event.reason === "no-ticket") return say("noTicket");
      const kind = event.reason.toUpperCase();
      if (event.channel === "guest") return say("guestTicket", { kind });
      const until = of.kept?.ticketUntil;
      return until === undefined ? say("ticket", { kind }) : say("ticketUntil", { kind, until: timeText(until) });
    }
    case "answer":
    case "device":
      return reason;
  }
}

const KINDS: Readonly<Record<string, TraceWord>> = {
  sip: "kindSip",
  upn: "kindUpn",
  account: "kindAccount",
  alias: "kindAlias",
};

const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function came(event: TracedEvent, language: Language): string {
  const place = [event.city, event.country].filter((each) => each !== null).join(", ");
  const { workstation } = event;
  return inTraceWords(language, "request", {
    from: place === "" ? event.source : `${event.source} (${place})`,
    host: event.host,
    channel: event.channel,
    client: event.userAgent === "" ? inTraceWords(language, "nameless") : event.userAgent,
    machine: workstation === "" ? "" : inTraceWords(language, "machine", { workstation }),
  });
}

/** Until when the network has to wait now, behind the reason. */
function waits({ waitUntil }: TracedEvent, language: Language): string {
  return waitUntil === null ? "" : ` ${inTraceWords(language, "waits", { until: timeText(Date.parse(waitUntil)) })}`;
}

function answerOf({ outcome, reason, channel }: TracedEvent, end: TracePart, language: Language): string {
  if (channel === "passive" && outcome !== "signed-in") return inTraceWords(language, "answerOfPage");
  const word: TraceWord =
    outcome === "signed-in"
      ? reason === "no-ticket"
        ? "answerNoTicket"
        : "answerSignedIn"
      : outcome === "failed"
        ? "answerFailed"
        : end === "order"
          ? "answerOrderRefused"
          : "answerRefused";
  return inTraceWords(language, word);
}

function deviceSteps({ at }: TracedEvent, { kept, later }: TraceOf, language: Language): TraceStep[] {
  const began = kept?.began ?? Date.parse(at);
  if (later.length === 0) return [step("device", "not-reached", undefined, inTraceWords(language, "noDevice"))];
  return later.map((event) => {
    const device = event.device ?? event.deviceKey ?? "";
    const word = event.channel === "ticket" ? "deviceAsked" : "device";
    const detail = inTraceWords(language, word, { device, reason: explained(event, language).said });
    return { part: "device", result: "decided", at: Date.parse(event.at) - began, ms: null, detail };
  });
}
