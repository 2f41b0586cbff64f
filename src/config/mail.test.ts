// S-65: what the configuration demands where the Worker delivers mail, of the gateway and of wrangler.toml.

import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";
import { faultsOfFile } from "./wrangler-file.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const hook = (url: string) => ({
  ...{ NOTICE_DELIVERY: "webhook", NOTICE_WEBHOOK_URL: url, NOTICE_WEBHOOK_SECRETS: SECRET },
});
const faults = (changes: Parameters<typeof variablesWith>[0]) => {
  const read = readConfig(variablesWith(changes));
  return "faults" in read ? read.faults : [];
};

describe("S-65: mail by the Worker", () => {
  it("is in the configuration, and its webhook is not the gateway itself", () => {
    expect(faults(hook("https://mail.fabrikam.test/postern"))).toEqual([]);
    const [host = ""] = (variablesWith({}).PUBLIC_HOSTS ?? "").split(/\s+/);
    expect(faults(hook(`https://${host}/x`))).toEqual([
      expect.stringContaining(`NOTICE_WEBHOOK_URL leads to "${host}", which is this gateway`),
    ]);
  });

  it("by Cloudflare's needs the binding", () => {
    const mail = { NOTICE_DELIVERY: "email", NOTICE_FROM: "IT <it@contoso.test>" };
    expect(faults({ ...mail, MAIL: undefined } as never)).toEqual([expect.stringContaining("MAIL is missing")]);
  });

  it("needs the cron trigger that tries again, which only the file shows", () => {
    const of = (vars: object, crons: readonly string[]) =>
      (faultsOfFile({ env: { production: { vars, triggers: { crons } } } }, "production", () => "x") ?? []).filter(
        (fault) => fault.includes("cron trigger"),
      );
    const vars = { NOTICE_DELIVERY: "webhook" };
    expect(of(vars, ["17 * * * *"])).toEqual([expect.stringContaining('Add "* * * * *" to crons')]);
    expect(of(vars, ["17 * * * *", "* * * * *"])).toEqual([]);
    expect(of({}, ["17 * * * *"])).toEqual([]);
  });
});
