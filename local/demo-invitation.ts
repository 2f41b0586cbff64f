// The link with which the demo user of the local gateway gets an app password. It is made through the admin API,
// because the user's guard has to know of it.

import { request } from "node:http";
import type { MadeUserInvitationAnswer, UserInvitationsAnswer } from "../src/api/schemas/invitations.ts";
import { demoUser } from "./world.ts";

type Api = { readonly url: URL; readonly adminHost: string; readonly key: string };

/** Invites the demo user. The link, or undefined while there is an invitation that nobody has used. */
export async function inviteDemoUser(api: Api & { readonly portalUrl: string }): Promise<string | undefined> {
  const at = `/v1/users/${encodeURIComponent(demoUser.upn)}/invitations`;
  const { items } = await ask<UserInvitationsAnswer>(api, "GET", at);
  if (items.some(({ state }) => state === "open")) return undefined;
  const { link } = await ask<MadeUserInvitationAnswer>(api, "POST", at);
  return `${api.portalUrl}${new URL(link).pathname}${new URL(link).hash}`;
}

function ask<Answer>({ url, adminHost, key }: Api, method: "GET" | "POST", path: string): Promise<Answer> {
  const body = method === "POST" ? "{}" : "";
  const headers = { host: adminHost, authorization: `Bearer ${key}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asking = request({ hostname: url.hostname, port: url.port, method, path, headers }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      if ((answer.statusCode ?? 500) >= 300) reject(new Error(`the demo user cannot be invited: ${text}`));
      else resolve(JSON.parse(text) as Answer);
    });
    asking.once("error", reject);
    asking.end(body);
  });
}
