// An entry to the local gateway for a front that ends TLS, as Cloudflare does: the Worker is told that the request came
// over https. Tests use it where a browser has to see the names and the scheme of a deployed gateway.

/** The Worker's name in Miniflare. */
export const TLS_ENTRY = "tls-entry";

const SOURCE = `
export default {
  fetch(request, { POSTERN }) {
    return POSTERN.fetch(new Request(request.url.replace(/^http:/, "https:"), request));
  },
};
`;

/** The entry to the Worker of that name, for Miniflare. */
export const tlsEntry = (worker: string) => ({
  config: {
    name: TLS_ENTRY,
    compatibilityDate: "2026-10-23",
    manifest: { mainModule: "entry.js", modules: { "entry.js": { type: "esm", contents: SOURCE } } },
    env: { POSTERN: { type: "worker", worker } },
  } as const,
  dev: { stripCfConnectingIp: false, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
});
