// The three names of npm `kerberos` that are used. Its own types come with its native part, which is not there where only the
// tests of this folder run, and they name the option for flags wrongly.

declare module "kerberos" {
  export const GSS_MECH_OID_SPNEGO: number;
  export function initializeClient(
    service: string,
    options: { readonly mechOID: number; readonly principal: string },
  ): Promise<{ readonly step: (challenge: string) => Promise<string | null> }>;
}
