// What a user's guard says when it has sealed again what it can.

/** The ids of the keys under which it keeps things. Undefined: there is none of it. */
export type ResealedFactors = {
  /** The authenticator app's secret was sealed again. */
  readonly resealed: boolean;
  /** No key opens the authenticator app's secret. */
  readonly lost: boolean;
  /** Of the passphrase. It cannot be made again without being typed. */
  readonly passphrase: string | undefined;
  /** Of the recovery codes that were not used. */
  readonly recovery: string | undefined;
};

/** How many people keep something under one key that only they can make again. */
export type LeftInGuards = { readonly passphrases: number; readonly recoveryCodes: number };
