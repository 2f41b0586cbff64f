// The types of the three names that we use from npm `kerberos`. The package's own types come with its native part,
// which is missing when only the tests of this folder run. They also have a wrong name for the option with flags.

declare module "kerberos" {
  export const GSS_MECH_OID_SPNEGO: number;
  export function initializeClient(
    service: string,
    options: { readonly mechOID: number; readonly principal: string },
  ): Promise<{ readonly step: (challenge: string) => Promise<string | null> }>;
}
