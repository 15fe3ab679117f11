export type { ConsoleDeps } from "./console-deps.ts";
export { createConsoleApp } from "./create-console-app.ts";
export { startConsole } from "./start-console.ts";
export { isTimeZone, monthOf, monthPattern } from "./usage/months.ts";
export { usageCsv } from "./usage/usage-csv.ts";
