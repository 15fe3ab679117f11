import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { AccountPatch } from "../kddi/account-options.ts";
import type { FaultsInput } from "../kddi/faults.ts";
import type { PhonePatch } from "../kddi/phones.ts";
import type { Simulator } from "../simulator.ts";

const number = z.string().regex(/^\+\d{8,15}$/, "must be a number such as +819012345678; write + as %2B in a URL");
const botId = z.string().min(1).optional();
const text = z.string().min(1);

const listSchema = z.strictObject({
  // A plain + in a query is read as a space; both are understood.
  to: z.preprocess((value) => (typeof value === "string" ? value.replace(/^ /, "+") : value), number.optional()),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
  offset: z.coerce.number().int().min(0).default(0),
});
const phonesSchema = z.strictObject({
  digits: z.string().regex(/^\d+$/, "must be digits the number contains").optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const moSchema = z.strictObject({
  from: number,
  text,
  botId,
  smsNumber: z
    .string()
    .regex(/^\d{4,15}$/)
    .optional(),
});

const size = z.int().positive();
const place = /^-?\d{1,2}(\.\d+)? -?\d{1,3}(\.\d+)?$/;
/** What a user can send with the app, in the words of an RCSMessage (protocol notes §13.3). */
const contentSchema = z.union(
  [
    z.strictObject({ textMessage: text }),
    z.strictObject({
      fileMessage: z.looseObject({ fileUrl: z.url(), fileName: text, fileMIMEType: text, fileSize: size }),
    }),
    z.strictObject({ audioMessage: z.looseObject({ fileUrl: z.url(), fileMIMEType: text, fileSize: size }) }),
    z.strictObject({ geolocationPushMessage: z.looseObject({ pos: z.string().regex(place) }) }),
  ],
  "must hold one of textMessage, fileMessage, audioMessage, geolocationPushMessage, complete",
);
const writeSchema = z
  .strictObject({ from: number, botId, text: text.optional(), content: contentSchema.optional() })
  .refine((body) => (body.text === undefined) !== (body.content === undefined), "needs text or content, not both");
const tapSchema = z.strictObject({
  from: number,
  msgId: text.optional(),
  suggestion: z.union([z.int().min(0), text]).optional(),
});
const registerSchema = z.strictObject({ from: number, botId });
const readSchema = z.strictObject({ from: number, msgId: text.optional() });

const longestJumpMs = 366 * 86_400_000;
const advanceSchema = z.strictObject({ ms: z.number().min(0).max(longestJumpMs) });
const testSchema = z.strictObject({ botId });

/**
 * The calls of protocol notes §19.7. Accounts, phones and faults are validated by the simulator itself, the same for callers
 * in the process.
 */
export function registerControlApi(app: FastifyInstance, simulator: Omit<Simulator, "controlUrl">): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.post("/sim/reset", () => {
    simulator.reset();
    return { status: "reset" };
  });

  app.get("/sim/accounts", () => ({ accounts: simulator.accounts() }));
  app.put<{ Params: { botId: string } }>("/sim/accounts/:botId", ({ params, body }) =>
    simulator.setAccount(params.botId, body as AccountPatch),
  );

  app.get("/sim/messages", ({ query }) => {
    const page = listSchema.parse(query);
    const requests = page.to === undefined ? {} : { requests: simulator.requests(page.to) };
    return { total: simulator.messageCount(page), messages: simulator.messages(page), ...requests };
  });

  app.get("/sim/phones", ({ query }) => ({
    phones: simulator.phones(phonesSchema.parse(query)).map((each) => {
      const { inbox, acts, ...phone } = simulator.phone(each);
      return { ...phone, inboxCount: inbox.length, actCount: acts.length };
    }),
  }));
  app.get<{ Params: { number: string } }>("/sim/phones/:number", ({ params }) =>
    simulator.phone(number.parse(params.number)),
  );
  app.put<{ Params: { number: string } }>("/sim/phones/:number", ({ params, body }) =>
    simulator.setPhone(number.parse(params.number), body as PhonePatch),
  );

  app.post("/sim/mo", ({ body }) => simulator.user.reply(moSchema.parse(body)));
  app.post("/sim/rcs/message", ({ body }) => {
    const { text: written, content = { textMessage: written }, ...user } = writeSchema.parse(body);
    return simulator.user.write({ ...user, content });
  });
  app.post("/sim/rcs/response", ({ body }) => simulator.user.tap(tapSchema.parse(body)));
  app.post("/sim/rcs/new-user", ({ body }) => simulator.user.register(registerSchema.parse(body)));
  app.post("/sim/rcs/read", ({ body }) => ({ read: simulator.user.read(readSchema.parse(body)) }));

  app.post("/sim/connection-test", async ({ body }) => ({
    results: await simulator.testConnections(testSchema.parse(body ?? {}).botId),
  }));

  app.get("/sim/faults", () => simulator.faults());
  app.put("/sim/faults", ({ body }) => simulator.setFaults(body as FaultsInput));

  app.get("/sim/clock", () => ({ now: new Date(simulator.now()).toISOString() }));
  app.post("/sim/clock/advance", ({ body }) => ({
    now: new Date(simulator.advanceClock(advanceSchema.parse(body).ms)).toISOString(),
  }));
  app.get("/sim/metrics", () => simulator.metrics());
}
