// The part of httpntlm 1.8 that the tests use; the package brings no types.

declare module "httpntlm" {
  interface NtlmOptions {
    readonly url: string;
    readonly username: string;
    readonly password: string;
    readonly domain: string;
    readonly workstation: string;
    readonly agent: import("node:http").Agent;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }
  type Callback = (error: Error | null, response?: { readonly statusCode: number; readonly body: string }) => void;
  const httpntlm: { post(options: NtlmOptions, callback: Callback): void };
  export default httpntlm;
}
