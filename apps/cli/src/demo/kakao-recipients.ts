import { writeFile } from "node:fs/promises";
import { writeCell } from "@hikyaku/core";
import { kakaoColumns } from "./kakao-settings.ts";

/** What the last four digits of a number do at the simulator (apps/simulator/src/sens), and how many have them. */
const fates: readonly (readonly [digits: string, rows: number])[] = [
  ["3019", 60],
  ["3020", 20],
  ["3018", 10],
  ["3008", 5],
  ["3005", 10],
  ["9900", 8],
  ["9901", 3],
  ["9902", 4],
  ["0500", 1],
  ["0504", 1],
];

export const kakaoRecipients = 10_000;

/** Rows that can't be sent to, as lists have them. */
const badRows: readonly (readonly string[])[] = [
  ["02-555-0101", "김대표", "강남점", "3월 2일 오후 1시"],
  ["1588-0101", "고객센터", "강남점", "3월 2일 오후 1시"],
  ["010-0100-12", "이짧은", "역삼점", "3월 2일 오후 2시"],
  ["번호 없음", "박번호", "역삼점", "3월 2일 오후 2시"],
  ["+81 90-0000-0001", "최해외", "서초점", "3월 2일 오후 3시"],
  ["010-0999-1001", "", "서초점", "3월 2일 오후 3시"],
  ["010-0999-1002", "정이모지😀", "판교점", "3월 2일 오후 4시"],
  ["010-0999-1003", "칸이 모자람"],
  // The first customer again, in three spellings.
  ["010-0100-1000", "같은 손님", "판교점", "3월 2일 오후 4시"],
  ["+82 10-0100-1000", "같은 손님", "판교점", "3월 2일 오후 4시"],
  ["０１００１００１０００", "같은 손님", "판교점", "3월 2일 오후 4시"],
];

const surnames = [..."김이박최정강조윤장임"];
const givenNames = ["민준", "서연", "도윤", "하은", "시우", "지우", "주원", "수아", "하준", "지아"];
const shops = ["강남점", "역삼점", "서초점", "판교점", "잠실점", "해운대점", "둔산점"];

/**
 * Writes the demo's list for KakaoTalk: 10,000 fictional customers and some rows that can't be sent to. No mobile number of Korea goes on
 * with 0 after 010, so nobody can have one of these.
 */
export async function writeKakaoRecipients(path: string): Promise<void> {
  const special = fates.flatMap(([digits, rows]) =>
    Array.from({ length: rows }, (_, n) => `010-0${500 + n}-${digits}`),
  );
  const every = Math.floor(kakaoRecipients / special.length);
  const rows = Array.from({ length: kakaoRecipients }, (_, n) => {
    const isSpecial = n % every === every - 1 && n < every * special.length;
    const number = isSpecial ? special[(n - every + 1) / every] : plainNumber(n);
    return [number ?? "", nameOf(n), shops[n % shops.length] ?? "", `3월 ${1 + (n % 28)}일 오후 ${1 + (n % 8)}시`];
  });
  const lines = [kakaoColumns, ...rows.slice(0, 5_000), ...badRows, ...rows.slice(5_000)];
  await writeFile(path, lines.map((cells) => `${cells.map(writeCell).join(",")}\n`).join(""));
}

/** Its last four digits are none of the simulator's. */
function plainNumber(n: number): string {
  return `010-0${100 + Math.floor(n / 2_000)}-${1_000 + (n % 2_000)}`;
}

function nameOf(n: number): string {
  return `${surnames[n % surnames.length]}${givenNames[Math.floor(n / surnames.length) % givenNames.length]}`;
}
