import { connectRedis, openSendQueue, openSendWorker } from "@hikyaku/queue";
import { waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
let cookie: string;
beforeAll(async () => {
  site = await startTestConsole();
  cookie = await site.signIn();
});
afterAll(() => site[Symbol.asyncDispose]());

const single = `send.${route}.single`;

const board = (method: "GET" | "PUT" | "POST", path: string, { of = site, by = cookie, headers = {} } = {}) =>
  of.app.inject({
    method,
    url: `/queues/api${path}`,
    headers: { host: "console.test", origin: "http://console.test", cookie: by, ...headers },
  });

async function sendOne(of: TestConsole, key: string): Promise<string> {
  const body = { route, to: "090-1234-5678", text: "クーポンです" };
  return (await of.call("POST", "/v1/messages", { headers: { "idempotency-key": key }, body })).json().id;
}

interface ListedJob {
  id: string;
  data: { ids: string[] };
}

async function jobsOf(of: TestConsole, by: string): Promise<ListedJob[]> {
  const response = await board("GET", `/queues?activeQueue=${single}&status=latest`, { of, by });
  return response.json().queues.find(({ name }: { name: string }) => name === single).jobs;
}

describe("/queues", () => {
  test("is Bull Board, with both queues of every route under names a person reads", async () => {
    const page = await site.browse("/queues", { cookie });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<base href="/queues/"');
    const { queues } = (await board("GET", "/queues")).json();
    expect(queues).toMatchObject([
      { name: `send.${route}.campaign`, displayName: `${route} – campaigns`, readOnlyMode: false },
      { name: single, displayName: `${route} – single messages`, description: expect.stringContaining(route) },
    ]);
  });

  test("its files come from here", async () => {
    const { body } = await site.browse("/queues", { cookie });
    const files = [...body.matchAll(/<script defer src="(static[^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await site.browse(`/queues/${file}`, { cookie })).statusCode).toBe(200);
  });

  test("shows the real jobs, which hold ids and neither number nor text", async () => {
    const id = await sendOne(site, "shown");
    const jobs = await jobsOf(site, cookie);
    expect(jobs).toMatchObject([{ externalUrl: { href: `/messages/${id}` } }]);
    expect(jobs.map(({ data }) => data)).toEqual([{ campaignId: null, ids: [id] }]);
    expect(JSON.stringify(jobs)).not.toContain("1234");
  });

  test("a job may be removed: the message is still in the ledger", async () => {
    const [job] = await jobsOf(site, cookie);
    const removed = await board("PUT", `/queues/${single}/${job?.id}/clean`, {
      headers: { "content-type": "application/json" },
    });
    expect(removed.statusCode).toBe(204);
    expect(await jobsOf(site, cookie)).toEqual([]);
    expect((await site.call("GET", `/v1/messages/${job?.data.ids[0]}`)).json()).toMatchObject({ state: "queued" });
  });

  test("a job that failed may be tried again", async () => {
    await using stack = new AsyncDisposableStack();
    const connections = connectRedis({ url: site.redisUrl });
    stack.defer(() => connections.closeAll());
    let works = false;
    const handled: string[] = [];
    const worker = openSendWorker({
      ...{ connections, route, lane: "single", concurrency: 1, prefix: site.redisPrefix },
      handle: async ({ ids }) => {
        if (!works) throw new Error("broken on purpose");
        handled.push(...ids);
      },
    });
    stack.defer(() => worker.close());
    const queue = openSendQueue({ connections, route, prefix: site.redisPrefix });
    stack.defer(() => queue.close());
    const id = await sendOne(site, "failing");
    const failed = await waitFor(async () => (await queue.queues.single.getFailed())[0]);

    const { queues } = (await board("GET", "/queues")).json();
    expect(queues[1].counts.failed).toBe(1);
    works = true;
    const retried = await board("PUT", `/queues/${single}/${failed.id}/retry`);
    expect(retried.statusCode).toBe(204);
    await waitFor(() => handled.includes(id), { what: "the job to be done again" });
  });

  test.each([
    ["PUT", `/queues/${single}/pause`],
    ["PUT", "/queues/pause"],
    ["PUT", `/queues/${single}/obliterate`],
    ["PUT", `/queues/${single}/empty`],
    ["PUT", `/queues/${single}/concurrency`],
    ["PUT", `/queues/${single}/rate-limit`],
    ["POST", `/queues/${single}/add`],
  ] as const)("%s %s is refused: it would harm, and the pages have better", async (method, path) => {
    const response = await board(method, path);
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain("pause the campaign, or hold the route");
  });

  test("changes come from its own page only", async () => {
    const response = await board("PUT", `/queues/${single}/promote`, { headers: { origin: "https://evil.example" } });
    expect(response.json()).toMatchObject({ status: 403, type: "/problems/cross-site" });
  });

  test("queuesReadOnly takes the changes away", async () => {
    await using readOnly = await startTestConsole({ console: { queuesReadOnly: true } });
    const by = await readOnly.signIn();
    await sendOne(readOnly, "kept");
    const [job] = await jobsOf(readOnly, by);
    const response = await board("PUT", `/queues/${single}/${job?.id}/clean`, { of: readOnly, by });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(await jobsOf(readOnly, by)).toHaveLength(1);
  });
});
