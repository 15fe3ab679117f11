import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";

/** A connection to `host:port` through a proxy, by CONNECT. @throws Error when the proxy does not open it in time */
export async function openTunnel(
  proxy: string,
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
): Promise<Socket> {
  const url = new URL(proxy);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return await new Promise((resolve, reject) => {
    const connect = (url.protocol === "https:" ? httpsRequest : httpRequest)({
      ...{
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port || undefined,
        method: "CONNECT",
        timeout: timeoutMs,
      },
      path: `${host}:${port}`,
      headers: login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` },
    });
    connect.once("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new Error(`the proxy answers ${statusCode}`));
    });
    connect.once("timeout", () => connect.destroy(new Error("the proxy opens no connection in time")));
    connect.once("error", reject);
    connect.end();
  });
}
