import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultsOfCloudflared } from "../../test/kit/cloudflared.ts";
import { cloudflaredFile } from "./papers.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const BINDING = { zone: "fabrikam.com", frontEnd: "binding", tunnelId: "0123abcd-0000-4000-8000-000000000000" };
const TUNNEL = {
  ...{ ...BINDING, frontEnd: "tunnel", frontEndHost: "fe01.fabrikam.local", webHost: "web.fabrikam.com" },
  ...{ discoveryHosts: "lyncdiscover.fabrikam.com", meetUrls: "https://meet.fabrikam.com", dialinUrls: "none" },
  ...{ tunnelDomain: "fabrikam.net" },
};
const ACCESS = { accessTeam: "fabrikam", accessAudience: "ab".repeat(32) };

describe("the configuration of cloudflared that init writes", () => {
  it.each([
    ["for a VPC service", BINDING],
    ["for a VPC service, before the tunnel is made", { ...BINDING, tunnelId: "later" }],
    ["for tunnel host names", { ...TUNNEL, ...ACCESS }],
    ["for tunnel host names, with an authority of one's own", { ...TUNNEL, ...ACCESS, frontEndCertificate: "private" }],
    ["for a certificate of another name", { ...TUNNEL, ...ACCESS, frontEndCertificate: "other-name" }],
    ["before Access is set up", TUNNEL],
    [
      "for an audience of digits, which YAML takes for a number",
      { ...TUNNEL, ...ACCESS, accessAudience: "12".repeat(32) },
    ],
  ])("%s is one that cloudflared takes", (_, answers) => {
    const text = cloudflaredFile(answers);
    expect(faultsOfCloudflared(text)).toEqual([]);
    if ("frontEndHost" in answers) expect(text).toMatch(/hostname: .*\n(.*\n)*.*hostname: /);
  });

  it("stands in the pages in the same form", () => {
    const connector = readFileSync(join(PROJECT, "connector", "cloudflared.yml"), "utf8");
    const deploy = readFileSync(join(PROJECT, "docs", "deploy.md"), "utf8");
    const [, shown = ""] = /```yaml\n(ingress:\n[\s\S]*?)```/.exec(deploy) ?? [];
    expect(shown).toContain("httpHostHeader");
    expect([faultsOfCloudflared(connector), faultsOfCloudflared(shown)]).toEqual([[], []]);
  });

  it.each([
    ["no last rule", "ingress:\n  - hostname: a.contoso.com\n    service: https://fe:4443\n", "last rule"],
    ["a rule that hides others", "ingress:\n  - service: https://fe:4443\n  - service: http_status:404\n", "before"],
    ["a misspelt key", "ingress:\n  - service: http_status:404\n    originRequests: {}\n", "originRequests"],
    ["an origin with a path", "ingress:\n  - service: https://fe:4443/meet\n", "service"],
  ])("is judged: %s", (_, text, words) => {
    expect(faultsOfCloudflared(text).join("\n")).toContain(words);
  });
});
