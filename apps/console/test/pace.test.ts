import { expect, test } from "vitest";
import { route, startTestConsole } from "./start-test-console.ts";

test("the rate of a running campaign is measured while somebody looks", async () => {
  await using site = await startTestConsole();
  const cookie = await site.signIn();
  const headers = { "idempotency-key": "paced" };
  const { id } = (await site.call("POST", "/v1/campaigns", { headers, body: { route, text: "クーポンです" } })).json();
  const recipients = Array.from({ length: 500 }, (_, n) => ({ to: `+81905555${String(1_000 + n)}` }));
  await site.call("POST", `/v1/campaigns/${id}/recipients?start=true`, { body: recipients });

  const rate = async () => {
    // Ten more each time it is looked at.
    await site.ledger.sql`
      update message set state = 'accepted', accepted_at = now(), sending_at = now()
      where id in (select id from message where campaign_id = ${id} and state = 'queued' order by id limit 10)`;
    const { body } = await site.browse(`/campaigns/${id}`, { cookie });
    return Number(/Rate now<\/span><strong>([\d.,]+)\/s</.exec(body)?.[1] ?? 0);
  };
  await expect.poll(rate, { timeout: 15_000, interval: 200 }).toBeGreaterThan(1);
  const overview = (await site.browse("/", { cookie })).body;
  expect(overview).toMatch(/<b>[\d.]+\/s<\/b> · until about <time/);
  const routes = (await site.browse("/routes", { cookie })).body;
  expect(Number(/Rate now<\/span><strong>([\d.,]+)\/s</.exec(routes)?.[1])).toBeGreaterThan(1);
});
