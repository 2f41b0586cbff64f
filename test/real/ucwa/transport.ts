// HTTP to one place under its public names. Every https host that a link names is asked at the place's address, as if
// DNS and a certificate led there. Every exchange is kept, so that a test can count what a client did.

import { Agent, request as httpRequest } from "node:http";

/** A request, and its outcome. Status 0: no answer. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** When it was asked and when the answer was whole, ms. */
  readonly at: number;
  readonly until: number;
}

export interface Answer {
  readonly status: number;
  /** The header lines by their names in lower case. Several of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Request {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class Transport {
  readonly #baseUrl: string;
  readonly #userAgent: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #closed = new AbortController();
  readonly asked: Asked[] = [];

  constructor(baseUrl: string, userAgent: string) {
    this.#baseUrl = baseUrl;
    this.#userAgent = userAgent;
  }

  /** Sends one request and reads the answer; undefined when none came. */
  async ask(url: string, { method = "GET", headers = {}, body }: Request = {}): Promise<Answer | undefined> {
    const at = Date.now();
    const answer = await this.#send(url, method, headers, body).catch(() => undefined);
    this.asked.push({ method, url, status: answer?.status ?? 0, at, until: Date.now() });
    return answer;
  }

  /** Ends everything that is open, and everything that comes later. */
  close(): void {
    this.#closed.abort();
    this.#agent.destroy();
  }

  get closed(): boolean {
    return this.#closed.signal.aborted;
  }

  #send(url: string, method: string, headers: Request["headers"], body: string | undefined): Promise<Answer> {
    const { host, pathname, search } = new URL(url);
    const { hostname, port } = new URL(this.#baseUrl);
    const { signal } = this.#closed;
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          ...{ hostname, port, method, signal, agent: this.#agent, path: pathname + search },
          headers: { host, "user-agent": this.#userAgent, ...headers },
        },
        async (response) => {
          try {
            const chunks: Buffer[] = [];
            for await (const chunk of response) chunks.push(chunk as Buffer);
            const lines = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
            resolve({
              status: response.statusCode ?? 0,
              headers: Object.fromEntries(lines),
              body: Buffer.concat(chunks).toString("utf8"),
            });
          } catch (fault) {
            reject(fault);
          }
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
