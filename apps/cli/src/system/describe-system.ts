import type { Config } from "@hikyaku/config";
import { drawPairs } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import type { SignIn } from "./system-config.ts";

export interface SystemDescription {
  consoleUrl: string;
  receiverUrl: string;
  /** Where each route's notifications go, by the route's name. */
  hooks: Record<string, string>;
  /** How to sign in to the console; the password only where it was generated. */
  signIn: { name: string; password: string | null } | null;
  simulator: { gatewayUrl: string; controlUrl: string; route: string } | null;
  sensSimulator: { gatewayUrl: string; adminUrl: string; route: string } | null;
  /** Null when nothing is kept. */
  dataDir: string | null;
}

/** What is told of a simulated SENS, where there is one. */
export function describedSens(
  simulator: { gatewayUrl: string; adminUrl: string } | null,
  route: string,
): SystemDescription["sensSimulator"] {
  return simulator === null ? null : { gatewayUrl: simulator.gatewayUrl, adminUrl: simulator.adminUrl, route };
}

export interface DescribeInput {
  config: Config;
  consoleUrl: string;
  receiverUrl: string;
  generatedSignIn: SignIn;
  simulator: SystemDescription["simulator"];
  sensSimulator: SystemDescription["sensSimulator"];
  dataDir: string | null;
  /** Print the hooks' secrets: who sees the screen could post receipts. */
  showSecrets: boolean;
}

/** What a running system tells of itself. */
export function describeSystem(input: DescribeInput): SystemDescription {
  const { config, consoleUrl, receiverUrl, generatedSignIn, simulator, sensSimulator, dataDir, showSecrets } = input;
  const [user] = config.console.users;
  const isGenerated = user?.name === generatedSignIn.name && user.password === generatedSignIn.password;
  return {
    consoleUrl,
    receiverUrl,
    hooks: Object.fromEntries(
      Object.values(config.routes).flatMap(({ name, hooks }) =>
        hooks === null ? [] : [[name, `${receiverUrl}/hooks/${name}/${showSecrets ? hooks.secret : "<secret>"}`]],
      ),
    ),
    signIn: user === undefined ? null : { name: user.name, password: isGenerated ? user.password : null },
    simulator,
    sensSimulator,
    dataDir,
  };
}

export function drawSystem(system: SystemDescription, paint: Paint): string {
  const { signIn, simulator, sensSimulator } = system;
  const who =
    signIn === null
      ? "nobody may sign in"
      : `sign in as ${signIn.name}${signIn.password === null ? "" : ` / ${signIn.password}`}`;
  const pairs: [string, string][] = [
    ["console", system.consoleUrl],
    ["queues", `${system.consoleUrl}/queues (${who})`],
    ["receiver", system.receiverUrl],
    ...Object.entries(system.hooks).map(([name, url]): [string, string] => [`  ${name}`, url]),
  ];
  if (simulator !== null)
    pairs.push(["simulator", `${simulator.gatewayUrl} (route ${simulator.route}; control ${simulator.controlUrl})`]);
  if (sensSimulator !== null) {
    const { gatewayUrl, adminUrl, route } = sensSimulator;
    pairs.push(["SENS simulator", `${gatewayUrl} (route ${route}; admin ${adminUrl})`]);
  }
  if (system.dataDir !== null) pairs.push(["data", system.dataDir]);
  return drawPairs(pairs, paint);
}
