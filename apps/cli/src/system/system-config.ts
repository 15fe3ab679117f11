import { randomBytes } from "node:crypto";
import type { Config } from "@hikyaku/config";
import { freePort } from "@hikyaku/testkit";
import { deriveConfig } from "./derive-config.ts";

export interface SignIn {
  name: string;
  password: string;
}

/** A route that is added for a simulator. */
export interface SimulatedRoute {
  name: string;
  settings: Record<string, unknown>;
}

export interface SystemConfigInput {
  /** The configuration as it stands, empty without a file. */
  text: string;
  /** The same, read and checked. */
  config: Config;
  simulatedRoutes: readonly SimulatedRoute[];
  /** Used for the console when the configuration names nobody. */
  signIn: SignIn;
  /** Ports when the configuration has 0 for them; they must outlive a restart of the app. */
  ports: { console: number; receiver: number };
}

/**
 * The configuration the apps of one `up` read: the operator's own, and what running them side by side needs. The health
 * ports of worker and poller are free ones unless the operator chose them, so that several systems fit on a machine.
 */
export function systemConfig({ text, config, simulatedRoutes, signIn, ports }: SystemConfigInput): string {
  return deriveConfig(text, (document) => {
    for (const app of ["worker", "poller"]) {
      if (!document.hasIn([app, "healthPort"])) document.setIn([app, "healthPort"], 0);
    }
    document.setIn(["console", "port"], ports.console);
    document.setIn(["receiver", "port"], ports.receiver);
    if (config.console.users.length === 0) document.setIn(["console", "users"], document.createNode([signIn]));
    for (const { name, settings } of simulatedRoutes) {
      document.setIn(["routes", name], document.createNode(settings));
    }
  });
}

/** The configured ports; free ones where it says 0. */
export async function systemPorts({ console, receiver }: Config): Promise<SystemConfigInput["ports"]> {
  return { console: console.port || (await freePort()), receiver: receiver.port || (await freePort()) };
}

export function newSignIn(): SignIn {
  return { name: "admin", password: randomBytes(12).toString("base64url") };
}

export function newHookSecret(): string {
  return randomBytes(18).toString("base64url");
}
