// The answers of a company, for tests.

export const TUNNEL = "6ff42ae2-765d-4adf-8112-31c55c1551ef";

/** As its administrator would give them in a file. */
export const FABRIKAM = {
  zone: "fabrikam.com",
  webHost: "web.fabrikam.com",
  meetUrls: "https://meet.fabrikam.com",
  dialinUrls: "https://dialin.fabrikam.com",
  netbiosDomain: "FABRIKAM",
  internalDomains: "fabrikam.local",
  frontEnd: "binding",
  frontEndHost: "fe01.fabrikam.local",
  frontEndCertificate: "private",
  tunnelId: TUNNEL,
  signOn: "connector",
  connectorTunnelIds: TUNNEL,
  adminHost: "postern-admin.fabrikam.com",
  consoleHost: "postern.fabrikam.com",
  portalHost: "none",
  mail: "agent",
};
