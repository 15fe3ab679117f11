export type { KddiPayload, PlusPayload } from "./content/payload.ts";
export { lintContent, prepareContent, visibleTexts } from "./content/prepare-content.ts";
export type { SmsPayload } from "./content/sms-part.ts";
export type { VisibleText } from "./content/visible-text.ts";
export { type KnownStatus, statusWords } from "./delivery-status.ts";
export { encodeSegment } from "./endpoint.ts";
export {
  type Bubble,
  type ButtonAction,
  type MessagePreview,
  type PlusPreview,
  type PreviewButton,
  type PreviewCard,
  type PreviewMedia,
  previewOf,
  type SmsPreview,
} from "./preview.ts";
export { previewContentSecurityPolicy, previewPage } from "./preview-html.ts";
export { kddi } from "./provider.ts";
export { createReference, readReference } from "./reference.ts";
export {
  defaultLimits,
  type KddiPublicSettings,
  type KddiRouteConfig,
  publicSettingsOf,
  routeConfigSchema,
} from "./route-config.ts";
export { plusRequestBody, smsRequestBody } from "./send.ts";
