export { findProvider, providers, routeSchemas } from "./providers.ts";
