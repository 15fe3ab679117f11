/** Why a process could not listen. */
export interface ListenFault {
  code: string;
  port: number;
  host: string | null;
}

/** Null for any other error than that of a `listen` on a port. */
export function listenFaultOf(err: unknown): ListenFault | null {
  const { code, syscall, port, address } = (err ?? {}) as Record<string, unknown>;
  if (syscall !== "listen" || typeof code !== "string" || typeof port !== "number") return null;
  return { code, port, host: typeof address === "string" ? address : null };
}
