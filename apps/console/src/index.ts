export type { ConsoleDeps } from "./console-deps.ts";
export { createConsoleApp } from "./create-console-app.ts";
export { startConsole } from "./start-console.ts";
