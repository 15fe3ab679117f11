import type { z } from "zod";
import type { AlimtalkMessage, SmsMessage } from "./messages.ts";
import type { channelSchema, Modes, templateSchema } from "./options.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestReport, SeenRequest } from "./request-log.ts";
import type { Reservation, ReservationEnd } from "./reservations.ts";

export interface SensMetrics extends RequestReport {
  readonly messages: {
    readonly total: number;
    readonly refused: number;
    readonly processing: number;
    readonly success: number;
    readonly fail: number;
    /** SMS that were sent in a message's place, or by themselves. */
    readonly sms: number;
  };
  /** Accepted messages of one template, number and text that were accepted before. The list is cut at 1,000. */
  readonly duplicates: { readonly count: number; readonly list: readonly { to: string; requestIds: string[] }[] };
}

/** A running simulator of NAVER Cloud SENS. The admin API offers the same, over HTTP. */
export interface SensSimulator {
  /** `baseUrl` of a route. */
  readonly gatewayUrl: string;
  readonly adminUrl: string;
  readonly alimtalkServiceId: string;
  readonly smsServiceId: string;
  messages(filter?: { readonly to?: string }): readonly AlimtalkMessage[];
  sms(filter?: { readonly to?: string }): readonly SmsMessage[];
  /** The last 10,000, the oldest first. */
  requests(): readonly SeenRequest[];
  modes(): Modes;
  /** Changes those that are named. */
  setModes(changes: Partial<Modes>): Modes;
  /** Adds or replaces. */
  putChannel(channel: z.input<typeof channelSchema>): void;
  putTemplate(template: z.input<typeof templateSchema>): void;
  /** Whether there was one. */
  removeTemplate(template: { readonly channelId: string; readonly templateCode: string }): boolean;
  setSenderNumber(number: string, approved: boolean): void;
  reservations(): readonly Reservation[];
  /** What its time will bring. False when there is no such reservation. */
  setReservationEnd(reserveId: string, ends: ReservationEnd): boolean;
  /** As somebody does it in NAVER's console, by the same rules as the call; why not, or undefined when it is done. */
  cancelReservation(reserveId: string): Refusal | undefined;
  now(): number;
  /** Jumps forward; everything that falls due happens at once, in order. Signatures keep to real time. */
  advanceClock(ms: number): number;
  metrics(): SensMetrics;
  /** Forgets messages, requests, modes and clock jumps; channels, templates and numbers are as at the start. */
  reset(): void;
  close(deadlineMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
