import { createHmac } from "node:crypto";

export interface SignedRequest {
  method: "GET" | "POST" | "DELETE";
  /** Path and query exactly as they go over the wire: the signature covers these bytes. */
  target: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  accessKey: string;
  secretKey: string;
}

/** `x-ncp-apigw-signature-v2` (protocol notes §2.2): the body is no part of it, the query is. */
export function signatureOf({ method, target, timestamp, accessKey, secretKey }: SignedRequest): string {
  return createHmac("sha256", secretKey)
    .update(`${method} ${target}\n${timestamp}\n${accessKey}`, "utf8")
    .digest("base64");
}

/** The headers of one request, as undici's flat list. A later try needs new ones. */
export function signedHeaders(request: SignedRequest, hasBody: boolean): string[] {
  return [
    ...(hasBody ? ["Content-Type", "application/json; charset=utf-8"] : []),
    ...["x-ncp-apigw-timestamp", String(request.timestamp)],
    ...["x-ncp-iam-access-key", request.accessKey],
    ...["x-ncp-apigw-signature-v2", signatureOf(request)],
  ];
}
