import type { SensSettings } from "./options.ts";

/** The part of a route in `hikyaku.yaml` that makes it send AlimTalks over a simulated account: all but limits. */
export function simulatedSensRoute({
  gatewayUrl: baseUrl,
  alimtalkServiceId: serviceId,
  accessKey,
  secretKey,
  plusFriendId,
  smsNumber,
}: Pick<SensSettings, "alimtalkServiceId" | "accessKey" | "secretKey"> & {
  gatewayUrl: string;
  plusFriendId: string;
  smsNumber: string;
}) {
  return { provider: "sens", baseUrl, serviceId, accessKey, secretKey, plusFriendId, smsNumber };
}
