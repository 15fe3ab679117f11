import type { SensSimulatorOptions } from "@hikyaku/simulator";
import { rehearsalSens } from "../system/sens-simulator-account.ts";

/** The content: an approved template of the simulator's account, and the same text as an SMS where KakaoTalk does not reach. */
export const kakaoContent = {
  templateCode: "NOTICE01",
  text: "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.",
  failover: true,
};

/** They asked for no more messages before the campaign; both stand in the list. */
export const kakaoSuppressed = ["+821001001005", "+821001001006"] as const;

export const kakaoColumns = ["전화번호", "고객명", "매장", "일시"] as const;

/**
 * A strict SENS, with the waits of days as seconds. Now and then a request is cut off before or after it was taken, or answered 500 after it
 * was: on our side nobody can know, until it is looked up.
 */
export const kakaoSimulator = rehearsalSens({
  strict: true,
  timing: {
    resultMs: [300, 1_500],
    listedAfterMs: 300,
    failoverMs: [200, 800],
    smsMs: [300, 1_500],
    uncertainMs: 8_000,
  },
  modes: {
    outOfOrder: true,
    extraFields: true,
    resetBeforeStore: 0.03,
    resetAfterStore: 0.03,
    serverErrorAfterStore: 0.03,
  } satisfies SensSimulatorOptions["modes"],
});

/** Requests a second; each carries up to 100 recipients. */
export const kakaoLimits = { tps: 100, concurrency: 20 };

/** Waits that are minutes and days with the carrier, as seconds. */
export const kakaoRouteSettings = {
  limits: kakaoLimits,
  responseTimeout: "4s",
  connectTimeout: "2s",
  receiptGrace: "3s",
  statusChecks: { afterMinutes: [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2] },
  lookUp: { after: "3s" },
};
