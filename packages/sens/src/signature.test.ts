import { expect, test } from "vitest";
import { signatureOf, signedHeaders } from "./signature.ts";

const keys = { accessKey: "TestAccessKey", secretKey: "TestSecretKey" };
const service = "/alimtalk/v2/services/ncp:kkobizmsg:kr:100000000002:demo";

/** Protocol notes §2.3: the first is published in a public repository's tests, the rest were computed by two implementations. */
const vectors: [method: "GET" | "POST" | "DELETE", target: string, timestamp: number, signature: string][] = [
  [
    "GET",
    "/vserver/v2/getServerInstanceList?responseFormatType=json",
    1_234_567_890_123,
    "FPsYYX8fuMAgi+cue3eACOW0dNtIwu1LYWfg/megA2M=",
  ],
  ["POST", `${service}/messages`, 1_700_000_000_000, "5fEqRjfG5YQ9NDfeMSoCh0SOUx0I1BtmyqY8Vvi5sfw="],
  [
    "POST",
    "/alimtalk/v2/services/ncp%3Akkobizmsg%3Akr%3A100000000002%3Ademo/messages",
    1_700_000_000_000,
    "JXIy/OFQaDii+xN/oiosR4Yi+GRl0mMQp8isExBCjWc=",
  ],
  [
    "GET",
    `${service}/messages?requestId=RBAA-20231115071320000-AbCdEfGh`,
    1_700_000_000_000,
    "XtkMUWpFAOLPaHD8ygV7kHQH9vcYOSoQyOETXuJ3TLY=",
  ],
  [
    "GET",
    `${service}/templates?channelId=%40demo_shop`,
    1_700_000_000_000,
    "8sCIojvjG6TnRs0e18dEX2PrCOLPSarmLWW73v1WSfg=",
  ],
  [
    "GET",
    `${service}/messages?plusFriendId=%40demo_shop&requestStartTime=2023-11-15%2000%3A00%3A00&requestEndTime=2023-11-15%2023%3A59%3A59&pageSize=100`,
    1_700_000_000_000,
    "sbY9TQlkU58pJ/51GcRwkT61mb71L6rCwPF9aKK4xzs=",
  ],
  [
    "DELETE",
    `${service}/reservations/RBAA-20231115071320000-AbCdEfGh`,
    1_700_000_000_000,
    "9P7O/pidzPu1N0T9tufP3Kmg8i/H8BWFpv/4BqPBR+o=",
  ],
  [
    "POST",
    "/sms/v2/services/ncp:sms:kr:100000000001:demo/messages",
    1_700_000_000_000,
    "9fMhFOAT+SJKc6tyHZg7xbQJYN+SzlXKqc+6rOLi1Yg=",
  ],
];

test.each(vectors)("%s %s at %i is signed %s", (method, target, timestamp, signature) => {
  expect(signatureOf({ method, target, timestamp, ...keys })).toBe(signature);
});

test("the headers name the timestamp that was signed, and a content type only where there is a body", () => {
  const request = { method: "POST", target: `${service}/messages`, timestamp: 1_700_000_000_000, ...keys } as const;
  const signed = [
    ...["x-ncp-apigw-timestamp", "1700000000000"],
    ...["x-ncp-iam-access-key", "TestAccessKey"],
    ...["x-ncp-apigw-signature-v2", "5fEqRjfG5YQ9NDfeMSoCh0SOUx0I1BtmyqY8Vvi5sfw="],
  ];
  expect(signedHeaders(request, true)).toEqual(["Content-Type", "application/json; charset=utf-8", ...signed]);
  expect(signedHeaders(request, false)).toEqual(signed);
});
