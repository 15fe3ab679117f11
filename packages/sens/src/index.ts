export { type Button, type ButtonType, buttonKinds } from "./buttons.ts";
export type { CallAnswer } from "./call-answer.ts";
export { type ChannelState, channelFaults, channelStates, type SensChannel } from "./channels.ts";
export type { AlimtalkPayload } from "./content.ts";
export { contentFromTemplate } from "./content-from-template.ts";
export type { AlimtalkContent } from "./content-schema.ts";
export { eucKrBytes, notInEucKr } from "./euc-kr.ts";
export { lintTemplate } from "./lint-template.ts";
export type { ListedMessage } from "./listed-message.ts";
export { matchTemplate } from "./match-template.ts";
export type { ListFilter, ListScope, MessagePage } from "./message-list.ts";
export { sens } from "./provider.ts";
export { cancelFault, type Reservation } from "./reservation.ts";
export { type ReservationState, reservationStates } from "./reservation-states.ts";
export { type Reserve, reservedAt, reserveFault, reserveTimeOf } from "./reserve-time.ts";
export {
  baseUrls,
  defaultLimits,
  defaultReceipts,
  routeConfigSchema,
  type SensPublicSettings,
  type SensRouteConfig,
  type SensSmsRouteConfig,
  smsRouteConfigSchema,
} from "./route-config.ts";
export { connectSens, type SensClient } from "./sens-client.ts";
export { sensSms } from "./sms-provider.ts";
export { type CodeClass, type DeliveryCode, deliveryCodeOf, deliveryCodes, smsCodes } from "./status-codes.ts";
export { readTemplate, type SensTemplate } from "./template.ts";
export { type TemplateChange, templateChanges } from "./template-changes.ts";
export {
  editFaults,
  type InspectionState,
  inspectionStateOf,
  inspectionStates,
  stateAfterEdit,
  type TemplateAction,
  templateActionFault,
  templateFaults,
} from "./template-states.ts";
