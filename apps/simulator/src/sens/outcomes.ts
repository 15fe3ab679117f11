/** What a number's last four digits make of it (protocol notes §16). All other numbers succeed. */
export interface NumberOutcome {
  /** The whole request is refused: 429, code 400. */
  readonly quota?: true;
  /** Stored, then answered with this error of the gateway. */
  readonly errorAfterStore?: "900" | "500" | "510";
  /** Refused inside the 202. */
  readonly refused?: true;
  /** Kakao's code; null: never a result. */
  readonly code?: string | null;
  /** What becomes of the SMS in its place. */
  readonly sms?: "refused" | "3018";
}

export const numberOutcomes: Readonly<Record<string, NumberOutcome>> = {
  "3019": { code: "3019" },
  "3020": { code: "3020" },
  "3018": { code: "3018" },
  "3005": { code: "3005" },
  "3008": { code: "3008" },
  "4161": { code: null },
  "0429": { quota: true },
  "0500": { errorAfterStore: "900" },
  "0503": { errorAfterStore: "500" },
  "0504": { errorAfterStore: "510" },
  "9900": { refused: true },
  "9901": { code: "3019", sms: "refused" },
  "9902": { code: "3019", sms: "3018" },
};

const nothingSpecial: NumberOutcome = {};

export function outcomeOf(to: string, magicNumbers: boolean): NumberOutcome {
  const digits = to.slice(-4);
  return magicNumbers && Object.hasOwn(numberOutcomes, digits)
    ? (numberOutcomes[digits] ?? nothingSpecial)
    : nothingSpecial;
}

/** Descriptions in Korean, as the carrier's are. */
export const descriptions: Readonly<Record<string, string>> = {
  "0000": "정상 발송",
  "3005": "메시지를 발송했으나 수신 확인 안됨",
  "3008": "전화번호 오류",
  "3014": "메시지 길이 제한 오류",
  "3015": "템플릿을 찾을 수 없음",
  "3016": "메시지 내용이 템플릿과 일치하지 않음",
  "3018": "메시지를 전송할 수 없음",
  "3019": "톡 유저가 아님",
  "3020": "알림톡 수신 차단",
  "3027": "메시지 버튼이 템플릿과 일치하지 않음",
  "3028": "메시지 강조 표기 타이틀이 템플릿과 일치하지 않음",
  "3029": "메시지 강조 표기 타이틀 길이 제한 초과",
  "3032": "헤더 길이 제한 초과",
  "3039": "아이템 요약정보의 가격정보 문자열 길이 초과",
};
