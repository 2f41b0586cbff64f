import fc from "fast-check";
import { expect, it } from "vitest";
import { aboutRequest, sourceOf, userAgentOf } from "../http/about.ts";
import { briefly, inFull } from "./ticket-question.ts";

it("S-39: the audit of a refusal has from one text what it has from the whole question, of any request", () => {
  const text = fc.stringMatching(/^[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?$/);
  const place = { country: fc.option(fc.constantFrom("DE", "de", "")), city: fc.option(fc.string({ maxLength: 90 })) };
  const asked = fc.record({ userAgent: fc.option(text), ray: fc.option(text), address: text, ...place });
  fc.assert(
    fc.property(asked, text, ({ userAgent, ray, address, country, city }, host) => {
      const request = new Request("https://web.contoso.test/x", {
        headers: {
          "cf-connecting-ip": address,
          ...(userAgent !== null && { "user-agent": userAgent }),
          ...(ray !== null && { "cf-ray": ray }),
        },
        cf: { ...(country !== null && { country }), ...(city !== null && { city }) } as IncomingRequestCfProperties,
      });
      const about = aboutRequest(request, host, "ticket");
      const brief = briefly({ requestId: about.requestId, host, userAgent: userAgentOf(request) });
      const question = { id: "t", use: { kind: "service" }, source: sourceOf(request) } as const;
      expect(inFull({ ...question, brief })).toEqual(inFull({ ...question, about }));
    }),
  );
});
