import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";

const types = {
  "console.css": "text/css; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/** The pages' own style, script and picture; nothing comes from elsewhere. */
export async function assetFiles(app: FastifyInstance): Promise<void> {
  for (const [name, type] of Object.entries(types)) {
    const content = await readFile(new URL(`./assets/${name}`, import.meta.url));
    app.get(`/assets/${name}`, async (_request, reply) => {
      return reply.type(type).header("cache-control", "public, max-age=300").send(content);
    });
  }
}
