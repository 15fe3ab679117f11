/** What a request asks for, once its path is taken apart. */
export interface Target {
  readonly api: "alimtalk" | "sms" | "common" | "unknown";
  /** Decoded; both `:` and `%3A` are understood. */
  readonly serviceId: string;
  /** Decoded parts below the service, e.g. `["reservations", "RBAA-…", "reserve-status"]`. */
  readonly rest: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Reads a raw request target; its query as form-urlencoded (`+` is a space, protocol notes §2.2). */
export function readTarget(raw: string): Target {
  const [path = "", ...query] = raw.split("?");
  const parts = path.split("/").slice(1).map(decoded);
  const values = Object.fromEntries(new URLSearchParams(query.join("?")));
  const [api, version, services, serviceId = "", ...rest] = parts;
  if ((api === "alimtalk" || api === "sms") && version === "v2" && services === "services" && serviceId !== "") {
    return { api, serviceId, rest, query: values };
  }
  if (api === "common" && version === "v2" && services === "projects") {
    return { api, serviceId: "", rest: serviceId === "" ? [] : [serviceId, ...rest], query: values };
  }
  return { api: "unknown", serviceId: "", rest: [], query: values };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
