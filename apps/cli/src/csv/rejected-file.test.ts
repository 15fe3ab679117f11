import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRejectedFile, rejectedPathOf } from "./rejected-file.ts";

const folder = mkdtempSync(join(tmpdir(), "hikyaku-rejected-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("rejected rows keep their columns and gain line, code and reason, for a spreadsheet to open", () => {
  const path = join(folder, "a.csv");
  const file = createRejectedFile(path, ["電話番号", "氏名"]);
  file.add({ line: 3, cells: ["03-1234-5678", 'ヤマダ "太郎"'], code: "not-mobile", reason: "a fixed line" });
  file.add({ line: 5, cells: ["+819012345678"], code: "column-count", reason: "1 cell, not 2" });
  file.add({ line: 6, cells: ["a", "b", "c"], code: "column-count", reason: "3 cells" });
  file.add({ line: 7, cells: ["=1+1", "+81 90"], code: "x", reason: "a\nb" });
  file.close();
  expect(readFileSync(path, "utf8")).toBe(
    [
      "\ufeff電話番号,氏名,line,code,reason",
      '03-1234-5678,"ヤマダ ""太郎""",3,not-mobile,a fixed line',
      '+819012345678,,5,column-count,"1 cell, not 2"',
      "a,b,6,column-count,3 cells,c",
      `'=1+1,+81 90,7,x,"a\nb"`,
      "",
    ].join("\r\n"),
  );
});

test("without a rejected row there is no file", () => {
  const path = join(folder, "b.csv");
  createRejectedFile(path, ["to"]).close();
  expect(existsSync(path)).toBe(false);
});

test("the file stands beside its source", () => {
  expect(rejectedPathOf("x/customers.csv")).toBe("x/customers.rejected.csv");
  expect(rejectedPathOf("list")).toBe("list.rejected.csv");
});
