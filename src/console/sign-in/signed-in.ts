// How a sign-in by the organisation's identity provider ends.

import type { Administrator } from "../../store/administrators.ts";

/** Somebody who has proved to be an administrator. */
export type SignedIn = {
  readonly administrator: Administrator;
  readonly how: "oidc" | "access";
  /** Issuer and what it calls the person. */
  readonly subject: string;
  /** When the person last proved to be there, ms; 0: the provider does not say. */
  readonly freshAt: number;
};
