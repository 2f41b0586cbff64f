// Reads the parameters of a request as ASP.NET does (HttpRequest.Params): query, form and cookies are one collection,
// and the case of names does not matter. A form may be url-encoded or multipart. A gateway may miss a grant that is in
// an unexpected part or spelling. It is found here, and the ledger shows it.

import { bodyText, type Exchange } from "./exchange.ts";

/** All values of a request's parameters by name in lower case, in the order query, form, cookies. */
export class RequestParams {
  readonly #values = new Map<string, string[]>();

  /** All values of a name. Empty if there are none. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The first value of a name. A handler that asks for one value gets this. */
  get(name: string): string | null {
    return this.all(name)[0] ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Every value, with its name in lower case. */
  entries(): readonly (readonly [name: string, value: string])[] {
    return [...this.#values].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  }

  add(name: string, value: string): void {
    const key = name.toLowerCase();
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }
}

/** Reads the parameters of a request, its body included. */
export async function requestParams(exchange: Exchange): Promise<RequestParams> {
  const params = new RequestParams();
  for (const [name, value] of exchange.query) params.add(name, value);
  for (const [name, value] of await postedForm(exchange)) params.add(name, value);
  for (const pair of (exchange.header("cookie") ?? "").split(";")) {
    const [name = "", ...value] = pair.trim().split("=");
    if (name !== "") params.add(name, decoded(value.join("=")));
  }
  return params;
}

/** Reads the fields of a posted form alone (HttpRequest.Form). */
export async function formParams(exchange: Exchange): Promise<RequestParams> {
  const params = new RequestParams();
  for (const [name, value] of await postedForm(exchange)) params.add(name, value);
  return params;
}

async function postedForm(exchange: Exchange): Promise<readonly (readonly [name: string, value: string])[]> {
  const contentType = exchange.header("content-type") ?? "";
  const text = (await bodyText(exchange)).replace(/^\ufeff/, "");
  return /^\s*multipart\/form-data/i.test(contentType)
    ? multipartFields(contentType, text)
    : [...new URLSearchParams(text)];
}

/** Reads a multipart form (RFC 7578), as leniently as other readers do. */
function multipartFields(contentType: string, text: string): readonly (readonly [string, string])[] {
  const [, quoted, plain] = /boundary\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  return text.split(`--${quoted ?? plain ?? ""}`).flatMap((part) => {
    const [head = "", ...rest] = part.split(/\r?\n\r?\n/);
    const name = /name\s*=\s*"?([^";\r\n]*)/i.exec(head)?.[1];
    return name === undefined ? [] : [[name, rest.join("\r\n\r\n").replace(/\r?\n$/, "")] as const];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
