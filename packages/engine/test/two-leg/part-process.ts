import { type PartOptions, startPart } from "./part.ts";

const [kind, options] = process.argv.slice(2) as ["worker" | "poller", string];
await startPart(kind, JSON.parse(options) as PartOptions);
console.log("started");
