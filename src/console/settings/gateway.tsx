// What the gateway is configured to do, and where that is changed.

import type { FC } from "hono/jsx";
import type { GatewaySettingsAnswer } from "../../api/schemas/gateway-settings.ts";
import { Badge, Facts } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { SettingsFrame } from "./frame.tsx";
import { words } from "./words.ts";

export const GatewayPage: FC<{ readonly view: View; readonly settings: GatewaySettingsAnswer }> = ({
  view,
  settings,
}) => {
  const t = words[view.locale];
  const { lockout } = settings;
  return (
    <SettingsFrame view={view}>
      <Section title={t.sections.gateway}>
        <p class="muted">{t.intro}</p>
        <Facts
          facts={[
            [t.version, settings.version],
            [t.webHost, settings.webHost],
            [t.publicHosts, settings.publicHosts.join(" ")],
            settings.pools.length === 0
              ? null
              : [
                  t.pools,
                  <ul class="plain">
                    {settings.pools.map(({ name, hosts, service }) => (
                      <li>
                        {name}: {hosts.join(" ")} <small>{service}</small>
                      </li>
                    ))}
                  </ul>,
                ],
            [t.adminHost, settings.adminHost ?? t.none],
            [t.consoleHost, settings.consoleHost ?? t.none],
            [t.portalHost, settings.portalHost ?? t.none],
            [
              t.lockout,
              <>
                <Badge tone={lockout === "enforce" ? "good" : "wait"}>{t.lockouts[lockout]}</Badge>{" "}
                <small>{t.lockoutHint}</small>
              </>,
            ],
            [t.challenge, settings.challenge],
            [t.certificates, settings.certificateTickets ? t.on : t.off],
            [t.authority, settings.authority ?? t.none],
            [t.retention, settings.auditRetentionDays === null ? t.forever : t.days(settings.auditRetentionDays)],
          ]}
        />
      </Section>
    </SettingsFrame>
  );
};
