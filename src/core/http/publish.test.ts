import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HostRole, PUBLISH_TABLE, publishRow } from "./publish.ts";

const kind = (key: string, role?: HostRole): string => publishRow(key, role)?.access.kind ?? "no row";

describe("the publish table", () => {
  it("has every path once, in lower case, as the canonical path is written", () => {
    const paths = PUBLISH_TABLE.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^\/$|^(\/[a-z0-9._]+)+(\/\*)?$/);
  });

  it("S-34: gives each row that is not closed its methods, and a limit where one of them has a body", () => {
    for (const { path, access, methods, maxBody } of PUBLISH_TABLE) {
      if (access.kind === "closed") {
        expect([methods, maxBody], path).toEqual([[], 0]);
        continue;
      }
      expect(methods.length, path).toBeGreaterThan(0);
      for (const method of methods) expect(["GET", "HEAD", "POST", "PUT", "DELETE"], path).toContain(method);
      expect(maxBody > 0, path).toBe(methods.some((method) => method === "POST" || method === "PUT"));
    }
  });

  it.each([
    ["/", "open"],
    ["/autodiscover/autodiscoverservice.svc/root", "open"],
    ["/autodiscover/autodiscoverservice.svc/root/user", "ticket"],
    ["/autodiscover/autodiscoverservice.svc/root/oauth/user", "ticket"],
    ["/autodiscover/autodiscoverservice.svc/root/domain", "closed"],
    ["/autodiscover/autodiscoverservice.svc/root/xframe", "open"],
    ["/autodiscover/autodiscoverservice.svc/root/xframe/xframe.html", "open"],
    ["/autodiscover/autodiscoverservice.svc/root/xframe.html", "open"],
    ["/autodiscover/xframe/xframe.html", "open"],
    ["/webticket/webticketservice.svc", "sign-in"],
    ["/webticket/webticketservice.svc/mex", "open"],
    ["/webticket/webticketservice.svc/auth", "sign-in"],
    ["/webticket/webticketservice.svc/anon", "sign-in"],
    ["/webticket/webticketservice.svc/cert", "closed"],
    ["/webticket/webticketservice.svc/pin", "closed"],
    ["/webticket/webticketadvancedservice.svc/wsfed_bearer", "closed"],
    ["/webticket/oauthtoken", "sign-in"],
    ["/certprov/certprovisioningservice.svc", "ticket"],
    ["/certprov/certprovisioningservice.svc/webticket_proof_sha1", "ticket"],
    ["/certprov/certprovisioningservice.svc/mex", "open"],
    ["/ucwa/v1/applications", "ticket"],
    ["/ucwa/oauth/v1/applications/1/events", "ticket"],
    ["/reach/sip.svc", "ticket"],
    ["/abs", "ticket"],
    ["/abs/", "ticket"],
    ["/abs/handler", "ticket"],
    ["/groupexpansion/service.svc/webticket_bearer", "ticket"],
    ["/scheduler", "ticket"],
    ["/phoneconferencing/x", "ticket"],
    ["/conf", "ticket"],
    ["/rgsclients/agentservice.svc", "ticket"],
    ["/meet/alice/x", "open"],
    ["/lwa/webpages/lwaclient.aspx", "open"],
    ["/datacollabweb/x", "open"],
    ["/collabcontent/x", "open"],
    ["/dialin/", "open"],
    ["/etc/place/null", "open"],
  ])("%s is %s", (key, expected) => {
    expect(kind(key)).toBe(expected);
  });

  it.each([
    "/cscp",
    "/cscp/",
    "/macp/x",
    "/ocspowershell",
    "/powershell/x",
    "/locationinformation/liservice.svc",
    "/hybridconfig/hybridconfigservice.svc",
    "/requesthandler/x",
    "/requesthandlerext/ucdevice.upx",
    "/deviceupdatefiles_ext/x",
    "/autoupdate",
    "/mcx/mcxservice.svc",
    "/passiveauth/passiveauth.aspx",
    "/persistentchat/rm",
    "/mgcwebservice",
    "/rgsconfig",
    "/platformservice/v1",
    "/ucwa/oauth/v1/applications/101/batch/",
    "/ucwa/v1/applications/101/batch/x",
    "/ucwa/v1/applications/101/x/batch",
    "/ucwa/v1/applications/batch",
    "/ucwa/v1/batch",
  ])("S-38: %s is closed", (key) => {
    expect(kind(key)).toBe("closed");
  });

  it.each([
    "/abs2",
    "/absolutely",
    "/meeting",
    "/ucwa",
    "/ucwa/v2/applications",
    "/ucwa/oauth",
    "/webticket",
    "/webticket/oauthtoken/x",
    "/webticket/oauthtoken/",
    "/webticket/webticketservice.svc/",
    "/webticket/webticketservice.svc/other",
    "/webticket/webticketservice.svc/mex/x",
    "/autodiscover",
    "/xframes",
    "/autodiscover/xframe.html",
    "/autodiscover/autodiscoverservice.svc/root/",
    "/autodiscover/autodiscoverservice.svc/root/user/x",
    "/certprov",
    "/groupexpansion",
    "/reach",
    "/index.html",
    "/x/meet/y",
  ])("S-38: %s has no row", (key) => {
    expect(kind(key)).toBe("no row");
  });

  it.each(["/ucwa/v1/applications", "/ucwa/oauth/v1/applications"])(
    "S-28: %s names a device with its last slash and without, and nowhere else",
    (path) => {
      for (const key of [path, `${path}/`]) {
        expect(publishRow(key)?.access, key).toMatchObject({ kind: "ticket", use: "naming" });
      }
      for (const key of [`${path}/1`, `${path}/1/`, `${path}x`]) {
        expect(publishRow(key)?.access, key).toMatchObject({ kind: "ticket", use: "application" });
      }
    },
  );

  it.each(["/ucwa/v1/applications/101/batch", "/ucwa/oauth/v1/applications/101/batch"])(
    "S-34: %s is a batch, takes POST alone, and is read whole within 1 MB",
    (key) => {
      expect(publishRow(key)).toMatchObject({
        access: { kind: "ticket", dialect: "oauth", soap: false, batch: true, meeting: true },
        methods: ["POST"],
        maxBody: 1024 * 1024,
      });
    },
  );

  it("meeting guests reach the meeting rows and nothing else", () => {
    const meeting = PUBLISH_TABLE.filter(({ access }) => access.kind === "ticket" && access.meeting);
    expect(meeting.map(({ path }) => path)).toEqual([
      "/ucwa/v1/applications",
      "/ucwa/oauth/v1/applications",
      "/ucwa/v1/*",
      "/ucwa/oauth/v1/*",
      "/reach/sip.svc/*",
    ]);
  });

  it("each ticket row sends to one token service, and looks into the envelope where clients put the ticket there", () => {
    const oauth = PUBLISH_TABLE.filter(({ access }) => access.kind === "ticket" && access.dialect === "oauth");
    expect(oauth.map(({ path }) => path)).toEqual([
      "/autodiscover/autodiscoverservice.svc/root/oauth/user",
      "/ucwa/v1/applications",
      "/ucwa/oauth/v1/applications",
      "/ucwa/v1/*",
      "/ucwa/oauth/v1/*",
    ]);
    const tickets = PUBLISH_TABLE.filter(({ access }) => access.kind === "ticket");
    for (const { path, access } of tickets)
      expect(access, path).toMatchObject({ dialect: oauth.some((row) => row.path === path) ? "oauth" : "web-ticket" });
    const soap = tickets.filter(({ access }) => access.kind === "ticket" && access.soap);
    expect(soap.map(({ path }) => path)).toEqual([
      "/certprov/certprovisioningservice.svc/*",
      "/groupexpansion/service.svc/*",
    ]);
  });

  it("each sign-in row is one token service's", () => {
    const services = PUBLISH_TABLE.flatMap(({ path, access }) =>
      access.kind === "sign-in" ? [[path, access.service]] : [],
    );
    expect(services).toEqual([
      ["/webticket/webticketservice.svc", "web-ticket"],
      ["/webticket/webticketservice.svc/auth", "username-token"],
      ["/webticket/webticketservice.svc/anon", "anonymous-ticket"],
      ["/webticket/oauthtoken", "oauth-token"],
    ]);
  });

  it.each(["/abs/ucwa/v1/applications/1/batch", "/abs/ucwa/x/batch", "/abs/ucwa/v1/applications/"])(
    "S-34: %s is a file of the address book: UCWA begins at the root",
    (key) => {
      expect(publishRow(key)?.path).toBe("/abs/*");
    },
  );

  it("a discovery host has no simple URLs: what looks like one below a row of its own is that row's", () => {
    expect(publishRow("/xframe/meet/x", "discovery")?.path).toBe("/xframe/*");
  });

  it("the longest row wins, whatever follows", () => {
    const tail = fc.array(fc.stringMatching(/^[a-z0-9._-]{1,8}$/), { maxLength: 5 }).map((words) => words.join("/"));
    const trees = PUBLISH_TABLE.filter(({ path }) => path.endsWith("/*"));
    fc.assert(
      fc.property(fc.constantFrom(...trees), tail, (row, rest) => {
        const key = `${row.path.slice(0, -1)}${rest}`;
        const decided = publishRow(key, row.hosts[0]);
        const candidates = PUBLISH_TABLE.filter(
          ({ path }) => path === key || (path.endsWith("/*") && `${key}/`.startsWith(path.slice(0, -1))),
        );
        const longest = candidates.reduce((best, each) => (each.path.length > best.path.length ? each : best));
        expect(decided).toBe(candidates.find(({ path }) => path === key) ?? longest);
      }),
    );
  });
});

describe("S-38: the publish table by role", () => {
  const ROLES: readonly HostRole[] = ["web", "discovery", "meet", "dial-in"];
  const HOME = { meet: "/meet/*", "dial-in": "/dialin/*" } as const;
  const sample = (path: string): string => path.replace("/*", "/x");

  it.each(ROLES)("a %s host has its own rows and no other", (role) => {
    for (const row of PUBLISH_TABLE) {
      const found = publishRow(sample(row.path), role);
      const root = row.path === "/" && (role === "meet" || role === "dial-in");
      if (row.hosts.includes(role)) expect(found, row.path).toBe(row);
      else if (root) expect(found?.path).toBe(HOME[role]);
      else expect(found, row.path).toBeUndefined();
    }
  });

  it("what takes a credential or a ticket is on web hosts, but for the user's own discovery", () => {
    for (const { path, access, hosts } of PUBLISH_TABLE) {
      if (access.kind === "sign-in") expect(hosts, path).toEqual(["web"]);
      if (access.kind === "ticket")
        expect(hosts, path).toEqual(access.use === "discovery" ? ["web", "discovery"] : ["web"]);
    }
  });

  it.each([
    ["/alice/abc123", "meet"],
    ["/alice/abc123/", "meet"],
    ["/alice", "meet"],
    ["/", "meet"],
    ["/javascriptresourcehandler.ashx", "meet"],
    ["/meet/alice/abc123", "meet"],
    ["/contoso.com/meet/alice/abc123", "meet"],
    ["/conference.aspx", "dial-in"],
    ["/javascriptresourcehandler.ashx", "dial-in"],
    ["/dialin/conference.aspx", "dial-in"],
    ["/", "dial-in"],
  ] as const)("%s on a %s host is what it is below the simple URL's directory", (key, role) => {
    expect(publishRow(key, role)?.path).toBe(HOME[role]);
  });

  it.each([
    "/webticket",
    "/webticket/x",
    "/webticket/oauthtoken",
    "/webticket/webticketservice.svc/anon",
    "/webticket/webticketservice.svc/mex",
    "/ucwa/oauth/v1/applications/1/batch",
    "/ucwa/x",
    "/autodiscover/x",
    "/xframe",
    "/cscp",
    "/powershell",
    "/lwa/webpages/lwaclient.aspx",
    "/abs",
    "/reach/sip.svc",
  ])("%s is closed on the hosts of simple URLs", (key) => {
    for (const role of ["meet", "dial-in"] as const) expect(publishRow(key, role)).toBeUndefined();
  });

  it("S-19: the dial-in page below any name on the hosts of simple URLs is judged as the dial-in page", () => {
    for (const role of ["meet", "dial-in"] as const) {
      for (const key of ["/contoso.com/dialin/login.aspx", "/contoso.net/dialin", "/dialin/x"]) {
        expect(publishRow(key, role)?.path, key).toBe("/dialin/*");
      }
    }
  });

  it("the short addresses of the Web SDK's start are where discovery is", () => {
    for (const key of ["/xframe", "/xframe/xframe.html", "/xframe.html"]) {
      expect([kind(key, "discovery"), kind(key), kind(key, "meet")]).toEqual(["open", "open", "no row"]);
    }
  });

  it("a simple URL may stand below a configured SIP domain, on a web host, and nothing else may", () => {
    const domains = ["contoso.com", "fabrikam.com"];
    const row = (key: string, role: HostRole = "web") => publishRow(key, role, domains)?.path;
    expect(row("/contoso.com/meet/alice/abc123")).toBe("/meet/*");
    expect(row("/contoso.com/meet")).toBe("/meet/*");
    expect(row("/fabrikam.com/dialin/conference.aspx")).toBe("/dialin/*");
    for (const key of [
      "/contoso.net/meet/x",
      "/contoso.com/meeting",
      "/contoso.com/cscp",
      "/contoso.com/webticket/oauthtoken",
    ]) {
      expect(row(key), key).toBeUndefined();
    }
    expect(row("/contoso.com/contoso.com/meet/x")).toBeUndefined();
    expect(row("/contoso.com/meet/x", "discovery")).toBeUndefined();
    expect(publishRow("/contoso.com/meet/x")).toBeUndefined();
  });
});
