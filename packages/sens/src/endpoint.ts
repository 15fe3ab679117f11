/** Paths of one service below its gateway (protocol notes §4). The service ID's colons are sent as they are, and signed so. */
export interface Endpoint {
  origin: string;
  messages: string;
  message(messageId: string): string;
  channels: string;
  templates: string;
  reserveStatus(reserveId: string): string;
  reservation(reserveId: string): string;
}

export function endpointOf(
  { baseUrl, serviceId }: { baseUrl: string; serviceId: string },
  api: "alimtalk" | "sms",
): Endpoint {
  const url = new URL(baseUrl);
  const base = `${url.pathname.replace(/\/+$/, "")}/${api}/v2/services/${serviceId}`;
  return {
    origin: url.origin,
    messages: `${base}/messages`,
    message: (messageId) => `${base}/messages/${encodeURIComponent(messageId)}`,
    channels: `${base}/channels`,
    templates: `${base}/templates`,
    reserveStatus: (reserveId) => `${base}/reservations/${encodeURIComponent(reserveId)}/reserve-status`,
    reservation: (reserveId) => `${base}/reservations/${encodeURIComponent(reserveId)}`,
  };
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** `path?name=value&…` without the values that are not given: what is signed and what is sent, byte for byte. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
