import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { FORM_HEADERS, SOAP_HEADERS, send } from "./test-client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const GUEST = "grant_type=urn:microsoft.rtc:anonmeeting&password=x&ms_rtc_conferenceuri=sip:a@b;gruu;opaque=x";
const multipart = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}--b--\r\n`;
const GRANT = { grant_type: "password", username: "alice@contoso.test", password: "guess" };
const QUERY = `?${new URLSearchParams(GRANT)}`;
const TOKEN = "<E><H><UsernameToken><Username>YQ==</Username><Password>Yg==</Password></UsernameToken></H><Body/></E>";

it.each([
  ["in the query", `/WebTicket/oauthtoken${QUERY}`, FORM_HEADERS, GUEST],
  ["multipart", "/WebTicket/oauthtoken", { "content-type": "multipart/form-data; boundary=b" }, multipart(GRANT)],
  ["in another case", "/WebTicket/oauthtoken", FORM_HEADERS, `${GUEST}&Grant_Type=password&USERNAME=alice&Password=y`],
  ["in cookies", "/WebTicket/oauthtoken", { ...FORM_HEADERS, cookie: "grant_type=password; username=a" }, GUEST],
  ["in a query before /Anon", `/WebTicket/WebTicketService.svc/Anon${QUERY}`, SOAP_HEADERS, "<x/>"],
  ["as a UsernameToken at /Anon", "/WebTicket/WebTicketService.svc/Anon", SOAP_HEADERS, TOKEN],
  ["as a UsernameToken at /mex", "/WebTicket/WebTicketService.svc/mex", SOAP_HEADERS, TOKEN],
])("the ledger shows a password %s", async (_, path, headers, body) => {
  await send(simulator, { path, method: "POST", headers, body });
  expect(simulator.ledger().directoryPasswordAttempts.length).toBeGreaterThan(0);
});
