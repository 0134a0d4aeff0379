// Every page, with the addresses of things that exist.
import type { Api } from "./api.js";
import { eve, token, windows } from "./samples.js";

/** Name and address of each page behind the sign-in. Something is stored first, so that pages have something to show. */
export async function everyPage(api: Api): Promise<[string, string][]> {
  const mark = token("page");
  await api.post("/ingest/network/bulk", eve("rubeus-asktgt-ptt", "edge-1"));
  await api.post("/events", windows(120, { mark }));
  await api.post("/events", [{ event_type: "x", severity: "low" }, { event_type: "x", severity: "dire", details: { why: "unknown" } }]);
  await api.searchable(mark, 120);
  const { id: alert } = await api.post<{ id: number }>("/alerts", {
    title: "Kerberos ticket for a service was requested with RC4", source: "test", category: "credential-access", severity: "critical",
    description: "A ticket for a service account was asked for with a weak cipher. Look at who asked.", hostname: "HR001.shire.com", username: "nmartha",
  });
  const [{ event_id: event }] = await api.get<{ event_id: number }[]>(`/events?size=1&query=${mark}`);
  const rules = await api.get<{ id: number }[]>("/rules/detections");
  const me = await api.get<{ id: number }>("/me");
  return [
    ["dashboard", "/"],
    ["alerts", "/alerts"],
    ["alerts-panel", `/alerts?selected=${alert}`],
    ["alert", `/alerts/${alert}`],
    ["events", "/events"],
    ["events-panel", `/events?query=${mark}&event=${event}`],
    ["event", `/events/${event}`],
    ["rules", "/rules"],
    ["rule-new", "/rules/new"],
    ["rule", `/rules/${rules[0].id}`],
    ["dead-letters", "/dead-letters"],
    ["sensors", "/sensors"],
    ["pipeline", "/pipeline?last=15m&source=suricata:edge-1"],
    ["users", "/users"],
    ["user", `/users/${me.id}`],
    ["audit", "/audit"],
    ["retention", "/admin/retention"],
    ["profile", "/profile"],
    ["api", "/api/docs/ui"],
  ];
}

/** Pages without the frame around them. */
export const FRAMELESS = ["/api/docs/ui"];
