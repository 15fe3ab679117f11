import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { expect, test } from "vitest";
import { openRecipientFile, type RecipientFileOptions, rowSource } from "./recipient-file.ts";

async function read(content: string | Uint8Array, options?: RecipientFileOptions) {
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-csv-"));
  try {
    const path = join(folder, "list.csv");
    await writeFile(path, content);
    const file = await openRecipientFile(path, options);
    const faulty = [];
    const rows = [];
    for await (const { [rowSource]: source, to, ...vars } of file.rows) {
      const { line, cells, fault } = source;
      if (fault === undefined) rows.push({ line, to, vars });
      else faulty.push({ line, cells, ...fault });
    }
    const { header, recipientHeader, variables, encoding } = file;
    return { header, recipientHeader, variables, encoding, rows, faulty };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const japanese = "電話番号,氏名,店舗\n090-1234-5678,山田 太郎,渋谷店\n080-1234-5678,髙橋 花子,新宿店\n";
const halfKana = "電話番号,ﾌﾘｶﾞﾅ\n090-1234-5678,ﾔﾏﾀﾞ ﾀﾛｳ\n080-1234-5678,ﾀｶﾊｼ ﾊﾅｺ\n";
const korean = "전화번호,이름,지점\n010-1234-5678,김철수,서울점\n010-2345-6789,박영희,부산점\n";
const onlyInData = "to,name\n09012345678,山田 太郎\n";

test.for([
  { what: "UTF-8", bytes: Buffer.from(japanese), encoding: "utf-8", name: "髙橋 花子" },
  { what: "UTF-8 with BOM", bytes: Buffer.from(`\ufeff${japanese}`), encoding: "utf-8", name: "髙橋 花子" },
  { what: "CP932", bytes: iconv.encode(japanese, "cp932"), encoding: "cp932", name: "髙橋 花子" },
  { what: "CP932 with half-width kana", bytes: iconv.encode(halfKana, "cp932"), encoding: "cp932", name: "ﾀｶﾊｼ ﾊﾅｺ" },
  { what: "EUC-KR", bytes: iconv.encode(korean, "euc-kr"), encoding: "euc-kr", name: "박영희" },
  { what: "UTF-8 Korean", bytes: Buffer.from(korean), encoding: "utf-8", name: "박영희" },
  {
    what: "UTF-16LE with BOM",
    bytes: iconv.encode(japanese, "utf-16le", { addBOM: true }),
    encoding: "utf-16le",
    name: "髙橋 花子",
  },
  {
    what: "CP932 below an ASCII header",
    bytes: iconv.encode(onlyInData, "cp932"),
    encoding: "cp932",
    name: "山田 太郎",
  },
])("$what is recognised and read", async ({ bytes, encoding, name }) => {
  const file = await read(bytes);
  expect(file.encoding).toBe(encoding);
  expect(Object.values(file.rows.at(-1)?.vars ?? {})).toContain(name);
  expect(file.faulty).toEqual([]);
});

test("the encoding is decided where ASCII ends, however far down that is", async () => {
  const ascii = "09012345678,Taro\n".repeat(40_000);
  const file = await read(
    Buffer.concat([Buffer.from(`to,name\n${ascii}`), iconv.encode("09012345679,山田\n", "cp932")]),
  );
  expect(file.encoding).toBe("cp932");
  expect(file.rows).toHaveLength(40_001);
  expect(file.rows.at(-1)).toMatchObject({ line: 40_002, to: "09012345679", vars: { name: "山田" } });
});

test("--encoding decides where given", async () => {
  const file = await read(iconv.encode("to,名\n09012345678,山田\n", "euc-jp"), { encoding: "EUC-JP" });
  expect(file.rows[0]?.vars).toEqual({ 名: "山田" });
  await expect(read("to\n1\n", { encoding: "latin-z" })).rejects.toThrow('"latin-z" is not an encoding');
});

test("a row with a character that can't be read is put aside and the rest is read", async () => {
  const file = await read(
    Buffer.concat([
      Buffer.from("to,name\n1,山田太郎さん\n2,"),
      Buffer.from([0xe5, 0xb1]),
      Buffer.from("\n3,花子さん\n"),
    ]),
  );
  expect(file.encoding).toBe("utf-8");
  expect(file.rows.map(({ to }) => to)).toEqual(["1", "3"]);
  expect(file.faulty).toMatchObject([{ line: 3, code: "encoding" }]);
});

test.for([
  { what: "LF", end: "\n" },
  { what: "CRLF", end: "\r\n" },
  { what: "CR", end: "\r" },
])("line numbers are those of an editor, also after quoted line breaks ($what)", async ({ end }) => {
  const lines = ["to,memo", '1,"one', 'two"', "", "2,x", '3,"a""b"', "4,y,z", "5,last"];
  const file = await read(lines.join(end));
  expect(file.rows.map(({ line, to }) => [line, to])).toEqual([
    [2, "1"],
    [5, "2"],
    [6, "3"],
    [8, "5"],
  ]);
  expect(file.rows[0]?.vars.memo).toBe(`one${end}two`);
  expect(file.rows[2]?.vars.memo).toBe('a"b');
  expect(file.faulty).toMatchObject([{ line: 7, cells: ["4", "y", "z"], code: "column-count" }]);
});

test("a stray quote spoils its own line only", async () => {
  const file = await read('to,name\n1,"a\n2,b\n3,"c"\n4,5" disc\n5,"six\n6,d\n');
  expect(file.rows.map(({ line, to }) => [line, to])).toEqual([
    [3, "2"],
    [4, "3"],
    [7, "6"],
  ]);
  expect(file.faulty.map(({ line, code, cells }) => [line, code, ...cells])).toEqual([
    [2, "quotes", '1,"a'],
    [5, "quotes", '4,5" disc'],
    [6, "quotes", '5,"six'],
  ]);
});

test("a quote that is never closed in a long file is noticed within 64 KiB", async () => {
  const file = await read(`to,name\n1,a\n2,"b\n${"3,c\n".repeat(50_000)}`);
  expect(file.faulty).toEqual([
    { line: 3, cells: ['2,"b'], code: "quotes", reason: expect.stringContaining("closed") },
  ]);
  expect(file.rows).toHaveLength(50_001);
  expect(file.rows.at(-1)?.line).toBe(50_003);
});

test.for([
  { header: "to,name", column: "to" },
  { header: "name,Phone", column: "Phone" },
  { header: "氏名,電話番号", column: "電話番号" },
  { header: "이름,전화번호", column: "전화번호" },
  { header: "ＴＯ,name", column: "ＴＯ" },
  { header: "name;to", column: "to" },
  { header: "name\tto", column: "to" },
  { header: '"to","the ""name"""', column: "to" },
])("the column of $header that holds the numbers is $column", async ({ header, column }) => {
  expect((await read(`${header}\n`)).recipientHeader).toBe(column);
});

test("--to-column names any other column", async () => {
  const file = await read("to,連絡先\n1,2\n", { toColumn: "連絡先" });
  expect(file.rows).toMatchObject([{ to: "2", vars: { 連絡先: "2" } }]);
});

test.for([
  { content: "name,shop\na,b\n", options: {}, error: /no column is called to, phone, 電話番号, 전화번호\./ },
  { content: "to,name\n", options: { toColumn: "tel" }, error: /there is no column "tel"/ },
  { content: "to,name,name\n", options: {}, error: /two columns are called "name"/ },
  { content: "", options: {}, error: /no header row/ },
])("$content is refused as a whole", async ({ content, options, error }) => {
  await expect(read(content, options)).rejects.toThrow(error);
});

test("a file that is not there is told by its name", async () => {
  await expect(openRecipientFile("/nowhere/list.csv")).rejects.toThrow(
    "/nowhere/list.csv can't be read: there is no such file.",
  );
});
