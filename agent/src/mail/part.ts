// The mail as a part of the agent: it asks the gateway for mail every half minute, and hands it to the relay. While the
// relay is away it takes nothing, so that all of it waits at the gateway.

import { setTimeout as pause } from "node:timers/promises";
import { Counter, Gauge } from "prom-client";
import type { Config, Secrets } from "../config/config.ts";
import type { Context, Finding, Part } from "../parts.ts";
import { openJournal } from "./journal.ts";
import { endedSchema, takenSchema } from "./notice.ts";
import { type Gateway, MAX_TAKEN, type Post, round } from "./post.ts";
import { type Relay, relayOf } from "./relay.ts";
import type { MailSettings } from "./settings.ts";
import type { Texts } from "./words.ts";

/** While the relay is away, it is tried so often, ms. */
const TRY_RELAY_EVERY_MS = 60_000;

/** `mail` of a configuration that has it. */
type WithMail = { readonly settings: MailSettings; readonly relay: Relay; readonly texts: Texts };

/** What the configuration says of mail. Undefined: it has none. */
export function mailOf({
  mail,
  secrets,
}: Pick<Config, "mail"> & { readonly secrets: Pick<Secrets, "mail"> }): WithMail | undefined {
  if (mail === undefined || secrets.mail === undefined) return undefined;
  return { settings: mail, relay: relayOf(mail, secrets.mail), texts: secrets.mail.texts };
}

export const mailPart: Part = {
  name: "mail",
  wanted: ({ mail }) => mail !== undefined,

  start({ config, api, log, metrics }: Context) {
    const mail = mailOf(config);
    if (mail === undefined) throw new Error("mail is not configured");
    const { settings, relay, texts } = mail;
    const registers = [metrics.registry];
    const mails = new Counter({
      ...{ name: "postern_agent_mails_total", help: "Mail, by its kind and what became of it.", registers },
      labelNames: ["kind", "end"] as const,
    });
    const up = new Gauge({ name: "postern_agent_relay_up", help: "1: the relay took the last mail.", registers });
    up.set(1);
    const ending = new AbortController();
    const { signal } = ending;
    let state: true | string = true;
    const journal = openJournal(settings.stateDir);
    if (journal.unknown.size > 0) log("mail-unknown", { count: journal.unknown.size });
    const post: Post = {
      ...{ relay, journal, texts, settings, gateway: gatewayOver({ api }, signal) },
      ended: ({ id, kind }, end, detail) => {
        mails.inc({ kind, end });
        if (end !== "sent") log("mail", { id, kind, end, detail });
      },
    };

    /** Returns after how many ms the next round is due. */
    const turn = async (): Promise<number> => {
      const usual = settings.everySeconds * 1_000;
      try {
        if (state !== true) {
          const why = await relay.check();
          if (why !== undefined) {
            state = notTaking(why);
            return TRY_RELAY_EVERY_MS;
          }
        }
        const { taken, away } = await round(post);
        up.set(away === undefined ? 1 : 0);
        if (away !== undefined && state === true) log("relay-away", { detail: away });
        state = away === undefined ? true : notTaking(away);
        if (away !== undefined) return TRY_RELAY_EVERY_MS;
        return taken === MAX_TAKEN ? 0 : usual;
      } catch (fault) {
        if (!signal.aborted) log("mail-round", { detail: String(fault) });
        return usual;
      }
    };
    const notTaking = (why: string): string => `the relay ${settings.relay.host} takes no mail: ${why}`;

    const turning = (async () => {
      while (!signal.aborted) {
        const wait = await turn();
        await pause(wait, undefined, { signal }).catch(() => undefined);
      }
    })();
    return {
      ready: () => state,
      async stop() {
        ending.abort();
        await turning;
        journal.close();
      },
    };
  },

  async check({ config }: Context): Promise<readonly Finding[]> {
    const mail = mailOf(config);
    if (mail === undefined) return [];
    const { settings, relay, texts } = mail;
    const { host, port, tls } = settings.relay;
    const why = await relay.check();
    const at = `${host}:${port}`;
    const fix = "Check mail.relay: host, port, tls, caFile, and the account in userFile and passwordFile.";
    return [
      { what: "mail texts", detail: [...texts.keys()].join(" ") },
      stateFinding(settings.stateDir),
      why === undefined
        ? { what: "mail relay", detail: `${at} takes mail (${tls})` }
        : { what: "mail relay", detail: `${at}: ${why}`, fix },
    ];
  },
};

function stateFinding(folder: string): Finding {
  try {
    openJournal(folder).close();
    return { what: "mail journal", detail: folder };
  } catch (fault) {
    const fix = "Let the agent's account write there (StateDirectory= of the unit), or name another mail.stateDir.";
    return { what: "mail journal", detail: String(fault), fix };
  }
}

/** The gateway's operations for mail. */
function gatewayOver({ api }: Pick<Context, "api">, signal: AbortSignal): Gateway {
  return {
    // One attempt: the next round is an attempt too, and what a lost answer took comes back after two minutes.
    take: async (max) => (await api.post("/v1/notices/take", { max }, takenSchema, { attempts: 1, signal })).notices,
    // Not ended with the agent: what the relay has should be told.
    end: async (ended) => void (await api.post("/v1/notices/end", { ended }, endedSchema)),
  };
}
