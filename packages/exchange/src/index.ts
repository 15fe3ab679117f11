export { duration } from "./duration.ts";
export { type Exchange, type ExchangeLimits, type ExchangeRequest, exchange, headerOf } from "./exchange.ts";
export { shownText, withoutTags } from "./shown-text.ts";
export { createTransport, ownCertificates } from "./transport.ts";
export { type TransportSettings, transportShape, withTimeoutsInMs } from "./transport-settings.ts";
