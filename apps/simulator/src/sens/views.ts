import type { AlimtalkMessage, SmsMessage } from "./messages.ts";
import type { Channel, Template } from "./options.ts";
import { withMilliseconds, withoutMilliseconds } from "./times.ts";

/** An entry of a send's 202 (protocol notes §5.2). */
export function sentEntry(message: AlimtalkMessage) {
  return {
    messageId: message.messageId,
    countryCode: message.countryCode,
    to: message.to,
    content: message.content,
    ...requestStatus(message),
    useSmsFailover: message.useSmsFailover,
  };
}

/** A message of the list (§6.2); without its failover, which only the single query tells. */
export function listedMessage(message: AlimtalkMessage) {
  const { result } = message;
  return {
    requestId: message.requestId,
    messageId: message.messageId,
    requestTime: withMilliseconds(message.requestAtMs),
    ...(message.completeAtMs === null ? {} : { completeTime: withoutMilliseconds(message.completeAtMs) }),
    plusFriendId: message.plusFriendId,
    templateCode: message.template.templateCode,
    countryCode: message.countryCode,
    to: message.to,
    content: message.content,
    ...requestStatus(message),
    ...(message.requestStatus.name === "fail"
      ? {}
      : result === null
        ? { messageStatusName: "processing" }
        : { messageStatusCode: result.code, messageStatusName: result.name, messageStatusDesc: result.desc }),
    useSmsFailover: message.useSmsFailover,
  };
}

/** The single query's flat object (§7). */
export function singleMessage(message: AlimtalkMessage, smsServiceId: string) {
  const { failover } = message;
  if (failover === null) return listedMessage(message);
  const { sms } = failover;
  return {
    ...listedMessage(message),
    failover: {
      smsServiceId,
      ...(sms === null ? {} : { requestId: sms.requestId }),
      requestStatusCode: failover.requestStatusCode,
      requestStatusName: failover.requestStatusName,
      requestStatusDesc: failover.requestStatusName === "success" ? "성공" : "실패",
      ...(sms === null ? {} : { messageId: sms.messageId, messageStatus: sms.status }),
      ...(sms === null || sms.statusCode === null
        ? {}
        : {
            messageStatusCode: sms.statusCode,
            messageStatusName: sms.statusName,
            messageStatusDesc: sms.statusName === "success" ? "성공" : "실패",
          }),
    },
  };
}

function requestStatus({ requestStatus: { code, name, desc } }: AlimtalkMessage) {
  return { requestStatusCode: code, requestStatusName: name, requestStatusDesc: desc };
}

/** A message of the SMS list and single query (§14.3). */
export function listedSms(message: SmsMessage) {
  const { statusCode, statusName } = message;
  return {
    requestId: message.requestId,
    messageId: message.messageId,
    requestTime: withMilliseconds(message.requestAtMs),
    contentType: message.contentType,
    type: message.type,
    ...(message.type === "SMS" ? {} : { subject: message.subject }),
    content: message.content,
    countryCode: message.countryCode,
    from: message.from,
    to: message.to,
    status: message.status,
    ...(statusCode === null
      ? {}
      : { statusCode, statusName, statusMessage: statusName === "success" ? "성공" : "실패" }),
    ...(message.completeAtMs === null
      ? {}
      : { completeTime: withoutMilliseconds(message.completeAtMs), telcoCode: "SKT" }),
  };
}

export function shownChannel(
  channel: Channel,
  ids: { serviceId: string; smsServiceId: string },
  sinceMs: number,
  spelled: boolean,
) {
  const { channelStatus, failoverTelNo } = channel;
  return {
    createTime: withMilliseconds(sinceMs),
    serviceId: ids.serviceId,
    channelId: channel.channelId,
    channelName: channel.channelName ?? channel.channelId.slice(1),
    channelStatus: spelled && channelStatus === "DELETING_PERMANETLY" ? "DELETING_PERMANENTLY" : channelStatus,
    useSmsFailover: channel.useSmsFailover,
    ...(failoverTelNo === null ? {} : { failoverServiceId: ids.smsServiceId, failoverTelNo }),
    isBlock: channel.isBlock,
  };
}

export function shownTemplate(
  { comments, templateName, templateCode, ...template }: Template,
  sinceMs: number,
  withDetails: boolean,
) {
  return {
    createTime: withMilliseconds(sinceMs),
    ...template,
    templateCode,
    templateName: templateName ?? templateCode,
    ...(withDetails ? { comments } : {}),
    buttons: template.buttons.map((button, index) => ({ ...button, order: button.order ?? index + 1 })),
  };
}
