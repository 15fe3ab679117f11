export { prepareSmsContent, type SmsPayload } from "./content.ts";
export { type KnownStatus, statusWords } from "./delivery-status.ts";
export { encodeSegment } from "./endpoint.ts";
export { kddi } from "./provider.ts";
export { defaultLimits, type KddiPublicSettings, type KddiRouteConfig, routeConfigSchema } from "./route-config.ts";
export { smsRequestBody } from "./send.ts";
