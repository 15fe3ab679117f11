export {
  answering,
  httpAnswer,
  type RawConnection,
  type RawServer,
  type Script,
  startRawServer,
} from "./raw-server.ts";
export { caFile, serverTls } from "./test-tls.ts";
