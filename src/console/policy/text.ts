// The policy as the text that people edit.

import { policyToml } from "../../core/policy/describe.ts";
import type { Policy } from "../../core/policy/types.ts";

/** A policy's own file; one that was applied without a file, or the default, is written as a file. */
export const textOf = ({ text, policy }: { readonly text: string | null; readonly policy: Policy }): string =>
  text ?? policyToml(policy);

/** What somebody typed, as it is kept: a form gives every line the ending that the web wants. */
export const typedText = (form: URLSearchParams): string => (form.get("text") ?? "").replaceAll(/\r\n?/g, "\n");

/** The version that somebody has seen, as `If-Match` takes it; undefined for a text that cannot be one. */
export const seenVersion = (form: URLSearchParams): number | undefined => {
  const given = form.get("seen") ?? "";
  return /^\d{1,9}$/.test(given) ? Number(given) : undefined;
};

/** As `If-Match` takes a version. */
export const etagOf = (version: number): string => `"v${version}"`;
