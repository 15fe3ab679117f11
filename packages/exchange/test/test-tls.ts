import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "tls");
const pem = (name: string) => readFileSync(join(folder, name), "utf8");

/** Key and certificate of a server called `localhost`. */
export const serverTls = { key: pem("test-server-key.pem"), cert: pem("test-server.pem") };

/** The authority that signed it. */
export const caFile = join(folder, "test-ca.pem");
