import type { CarrierSetUp } from "@hikyaku/core";

/** What an operator must know of SENS; `service` is the console's name of the service whose ID the route has. */
export function setUpOf(service: "Biz Message" | "SMS"): CarrierSetUp {
  const otherService = service === "SMS" ? "Biz Message" : "SMS";
  return {
    // No webhook of any kind (protocol notes §15.5).
    postsNotifications: false,
    admitsByAddress: false,
    mends: {
      // Codes of the gateway's 401 (protocol notes §3.1).
      credentials:
        "Code 200: compare accessKey and secretKey with the console. Code 210: the key is known and may not use this service; compare serviceId, and see what the sub account is allowed.",
      forbidden: `See that the project has the ${service} service switched on, and that serviceId is its ID; the ${otherService} service has another.`,
      configuration: "Compare baseUrl (public, government or finance) and serviceId with the console.",
    },
  };
}
