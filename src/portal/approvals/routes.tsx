// The person approves a sign-in at the token service's page, or says that it is somebody else's (S-91). Letting in needs
// a fresh factor and the right number; ending needs neither. A link decides nothing.

import { Hono } from "hono";
import { APPROVE } from "../paths.ts";
import { fresh } from "../sign-in/fresh.tsx";
import type { PortalEnv } from "../site.ts";
import { ApprovalDonePage, ApprovalPage, NoApprovalPage } from "./pages.tsx";

export const approvalRoutes = new Hono<PortalEnv>();

approvalRoutes.get(APPROVE, async (c) => {
  const { view } = c.var;
  const open = await view.guard({ kind: "open-approval", hash: view.session.hash });
  return open.kind === "none"
    ? c.html(<NoApprovalPage view={view} />)
    : c.html(<ApprovalPage view={view} approval={open.approval} />);
});

approvalRoutes.post(APPROVE, fresh, async (c) => {
  const { view, form } = c.var;
  const typed = form.get("number") ?? "";
  const number = /^\d{2}$/.test(typed) ? Number(typed) : 0;
  const id = form.get("request") ?? "";
  const answer = await view.guard({ kind: "approve", hash: view.session.hash, id, number, about: view.about });
  if (answer.kind === "done") return c.html(<ApprovalDonePage view={view} done="approved" />);
  if (answer.reason === "wrong-number") return c.html(<ApprovalDonePage view={view} done="wrong" />, 409);
  return c.html(<NoApprovalPage view={view} gone />, 409);
});

approvalRoutes.post(`${APPROVE}/not-me`, async (c) => {
  const { view, form } = c.var;
  const answer = await view.guard({ kind: "decline", hash: view.session.hash, id: form.get("request") ?? "" });
  return answer.kind === "done"
    ? c.html(<ApprovalDonePage view={view} done="declined" />)
    : c.html(<NoApprovalPage view={view} gone />, 409);
});
