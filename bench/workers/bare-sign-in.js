// The floor of a sign-in: a Worker with the calls, the rows and the requests of one, which decides nothing. It answers a
// Type 1 with the challenge that it was given, and everything else as a sign-in, or, from the networks in 10.200.0.0/16,
// as a locked-out guess. What it counts as a row or a call is in docs/costs.md.

import { DurableObject } from "cloudflare:workers";

/** When the alarms of the gateway take the audit to D1, ms. */
const FLUSH_AFTER_MS = 5_000;

class Guard extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, text TEXT, at INTEGER) STRICT");
  }

  /** One durable step with that many rows. */
  write(rows) {
    for (let row = 0; row < rows; row++) {
      this.sql.exec("INSERT OR REPLACE INTO kept (id, text, at) VALUES (?, ?, ?)", `row ${row}`, "a text", Date.now());
    }
    return this.sql.exec("SELECT count(*) AS count FROM kept").one();
  }

  async ringLater() {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + FLUSH_AFTER_MS);
  }

  async alarm() {
    await this.env.DB.prepare("SELECT ? AS event").bind("an event, in some four hundred bytes".padEnd(400)).all();
    this.sql.exec("DELETE FROM kept WHERE at < 0");
  }
}

export class SourceGuard extends Guard {
  count() {
    return this.write(1);
  }

  async takeBack() {
    this.write(1);
    await this.ringLater();
  }
}

export class UserGuard extends Guard {
  /** Whether somebody is locked out. Reads nothing. */
  refuse() {
    return { refused: true };
  }

  attempt(about) {
    return { ...this.write(1), about };
  }

  async remember(about) {
    await this.ringLater();
    return { ...this.write(3), about };
  }
}

export class GuestGuard extends Guard {}

/** As large as what the gateway hands over. */
const ABOUT = { account: "CONTOSO\\somebody", userAgent: "x".repeat(80), network: "10.0.0.1", stages: "x".repeat(300) };

const refusal = (challenge) => new Response(null, { status: 401, headers: { "www-authenticate": challenge } });

export default {
  async fetch(request, env, ctx) {
    const authorization = request.headers.get("authorization") ?? "";
    const type = authorization.startsWith("NTLM ") ? atob(authorization.slice(5)).charCodeAt(8) : 0;
    if (type !== 3) return refusal(env.CHALLENGE);
    await request.text();
    const network = request.headers.get("cf-connecting-ip") ?? "";
    if (network.startsWith("10.200.")) {
      await env.USER_GUARD.getByName("locked out").refuse(ABOUT);
      return refusal("NTLM");
    }
    const source = env.SOURCE_GUARD.getByName(network);
    const user = env.USER_GUARD.getByName(`user of ${network}`);
    await source.count();
    await env.DB.prepare("SELECT id, sip_uri FROM users WHERE account = ?").bind(network).all();
    await user.attempt(ABOUT);
    await (await env.CONNECTOR.fetch("http://connector/v1/token", { method: "POST", body: "x".repeat(600) })).text();
    await (await env.ORIGIN.fetch("http://pool/WebTicket/oauthtoken", { method: "POST", body: "x".repeat(600) })).text();
    await user.remember(ABOUT);
    ctx.waitUntil(source.takeBack());
    return Response.json({ access_token: "x".repeat(900), expires_in: 28_800 });
  },
};
