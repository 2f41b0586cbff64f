import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { authorizationFor, compactTicketFor, FORM_HEADERS, send, type TestResponse } from "./test-client.ts";

const CONFERENCE = "sip:alice@contoso.test;gruu;opaque=app:conf:focus:id:7XKQ2M4P";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const post = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> =>
  send(simulator, {
    path: "/WebTicket/oauthtoken",
    method: "POST",
    headers: { ...FORM_HEADERS, ...headers },
    body: new URLSearchParams(form).toString(),
  });

describe("oauthtoken", () => {
  it("challenges the windows grant, and grants it to a connector sign-on", async () => {
    const form = { grant_type: "urn:microsoft.rtc:windows" };
    const challenge = await post(form);
    expect([challenge.status, challenge.lines("www-authenticate")]).toEqual([401, ["Negotiate", "NTLM"]]);
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    const granted = await post(form, { authorization });
    expect(JSON.parse(granted.text)).toEqual({
      access_token: expect.stringMatching(/^cwt=AAEB/),
      expires_in: 28_800,
      ms_rtc_identityscope: "local",
      token_type: "Bearer",
    });
    expect(granted.headers["cache-control"]).toBe("no-store");
  });

  it("records the password grant whatever comes of it", async () => {
    const right = { grant_type: "password", username: "alice@contoso.test", password: "Directory-Only-Alice-31!" };
    expect((await post(right)).status).toBe(200);
    const wrong = await post({ ...right, password: "guess" });
    expect([wrong.status, JSON.parse(wrong.text).error]).toEqual([400, "invalid_grant"]);
    expect(wrong.headers["x-ms-diagnostics"]).toMatch(
      /^28020;source="fe01\.contoso\.local";reason="No valid security token\."/,
    );
    expect(simulator.ledger().directoryPasswordAttempts.map(({ accepted }) => accepted)).toEqual([true, false]);
  });

  it("lets a guest in with the conference key, and renews", async () => {
    const form = { grant_type: "urn:microsoft.rtc:anonmeeting", ms_rtc_conferenceuri: CONFERENCE };
    const granted = JSON.parse((await post({ ...form, password: "7XKQ2M4P" })).text);
    expect(granted.expires_in).toBe(3_600);
    const renewed = await post({ ...form, ms_rtc_renew: granted.access_token });
    expect(renewed.status).toBe(200);
    expect((await post({ ...form, password: "wrong" })).status).toBe(400);
    const users = await compactTicketFor(simulator, "alice@contoso.test");
    expect((await post({ ...form, ms_rtc_renew: users })).status).toBe(400);
  });

  it("names the passive sign-in address with its refusal", async () => {
    const passive = await post({ grant_type: "urn:microsoft.rtc:passive" });
    expect([passive.status, JSON.parse(passive.text)]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: "https://web.contoso.test/PassiveAuth/PassiveAuth.aspx" },
    ]);
  });

  it("knows the five errors", async () => {
    const error = async (response: Promise<TestResponse>): Promise<string> => JSON.parse((await response).text).error;
    expect(await error(send(simulator, { path: "/WebTicket/oauthtoken" }))).toBe("invalid_request");
    expect(await error(post({}))).toBe("invalid_request");
    expect(await error(post({ grant_type: "password" }))).toBe("invalid_request");
    expect(await error(post({ grant_type: "authorization_code" }))).toBe("unsupported_grant_type");
    expect(await error(post({ grant_type: "password", scope: "mail" }))).toBe("invalid_scope");
    await send(simulator, {
      path: "/_sim/fail",
      method: "POST",
      body: JSON.stringify({ path: "/webticket/oauthtoken", kind: "internal-error" }),
    });
    expect(await error(post({ grant_type: "password" }))).toBe("server_error");
  });
});
