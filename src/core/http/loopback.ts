// Which hosts are this very machine: where a local run may do without TLS.

/** Whether a host of a URL is the machine itself. Browsers resolve every name below `localhost` so (RFC 6761, 6.3). */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";
