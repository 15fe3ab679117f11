import type { SimClock } from "../clock.ts";
import type { Random } from "../random.ts";
import { createDelivery } from "./delivery.ts";
import { type AlimtalkMessage, createMessageStore, type SmsMessage } from "./messages.ts";
import { createMmsFiles } from "./mms-files.ts";
import { createOptOuts } from "./opt-outs.ts";
import type { Channel, Modes, SensSettings, Template } from "./options.ts";
import { createReservations } from "./reservations.ts";
import { koreanDay } from "./times.ts";

/** Everything the simulated account holds. */
export function createState(settings: SensSettings, clock: SimClock, random: Random) {
  const channels = new Map<string, Channel>();
  const templates = new Map<string, Template>();
  const numbers = new Map<string, boolean>();
  const messages = createMessageStore<AlimtalkMessage>();
  const sms = createMessageStore<SmsMessage>();
  const reservations = createReservations(clock);
  const smsReservations = createReservations(clock);
  const files = createMmsFiles(clock);
  const optOuts = createOptOuts(clock);
  let modes: Modes = settings.modes;
  let sentToday = { day: "", count: 0 };
  /** When the account was set up; the `createTime` of what was there from the start. */
  const sinceMs = clock.now();

  function seed(): void {
    for (const map of [channels, templates, numbers]) map.clear();
    for (const channel of settings.channels) channels.set(channel.channelId, channel);
    for (const template of settings.templates) templates.set(keyOf(template), template);
    for (const { number, approved } of settings.senderNumbers) numbers.set(number, approved);
    modes = settings.modes;
    sentToday = { day: "", count: 0 };
  }
  seed();

  return {
    settings,
    clock,
    random,
    sinceMs,
    channels,
    templates,
    numbers,
    messages,
    sms,
    reservations,
    smsReservations,
    files,
    optOuts,
    delivery: createDelivery({
      ...{ settings, clock, random, sms },
      channel: (channelId) => channels.get(channelId),
      isApproved: (number) => numbers.get(number) === true,
      isOptedOut: optOuts.has,
    }),
    modes: () => modes,
    setModes(changed: Modes): void {
      modes = changed;
    },
    /** Counts messages towards the day's quota; false when they are too many, and then counts none. */
    takeQuota(count: number): boolean {
      const day = koreanDay(clock.now());
      if (sentToday.day !== day) sentToday = { day, count: 0 };
      if (modes.dailyQuota !== null && sentToday.count + count > modes.dailyQuota) return false;
      sentToday.count += count;
      return true;
    },
    reset(): void {
      clock.reset();
      for (const store of [messages, sms, reservations, smsReservations, files, optOuts]) store.reset();
      seed();
    },
  };
}

export type SensState = ReturnType<typeof createState>;

/** Codes are unique within a channel. */
export function keyOf({ channelId, templateCode }: Pick<Template, "channelId" | "templateCode">): string {
  return `${channelId}\n${templateCode}`;
}
