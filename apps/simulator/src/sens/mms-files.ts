import { z } from "zod";
import type { SimClock } from "../clock.ts";
import { type Answer, ok, refused } from "./answer.ts";
import { badFields } from "./body-fields.ts";
import { sensError } from "./refusal.ts";
import { withMilliseconds } from "./times.ts";

const uploadSchema = z.looseObject({
  fileName: z
    .string()
    .max(40, "at most 40 characters")
    .regex(/\.jpe?g$/i, "only .jpg or .jpeg"),
  fileBody: z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, "only Base64, without a prefix"),
});

const mostBytes = 300 * 1_024;
const mostWide = 1_500;
const mostHigh = 1_440;
const keptMs = 6 * 86_400_000;

interface KeptFile {
  readonly fileId: string;
  readonly bytes: number;
  readonly atMs: number;
}

/** Pictures of MMS (protocol notes §14.3): JPEG, at most 300 KB and 1500×1440, kept for 6 days; one of the same name and size is used again. */
export function createMmsFiles(clock: SimClock) {
  const byName = new Map<string, KeptFile>();
  const byId = new Map<string, KeptFile>();
  let count = 0;
  const isKept = (file: KeptFile | undefined): file is KeptFile =>
    file !== undefined && clock.now() < file.atMs + keptMs;

  return {
    upload(json: unknown): Answer {
      const read = uploadSchema.safeParse(json);
      if (!read.success) return refused(badFields(read.error));
      const { fileName, fileBody } = read.data;
      const picture = Buffer.from(fileBody, "base64");
      if (picture.length > mostBytes) return refused(sensError(400, "fileBody: at most 300 KB"));
      const size = sizeOfJpeg(picture);
      if (size === undefined) return refused(sensError(400, "fileBody: not a JPEG"));
      if (size.width > mostWide || size.height > mostHigh) {
        return refused(sensError(400, `fileBody: at most ${mostWide}x${mostHigh} pixels`));
      }
      const before = byName.get(fileName);
      const file: KeptFile =
        isKept(before) && before.bytes === picture.length
          ? before
          : { fileId: (++count).toString(16).padStart(12, "a13600000000"), bytes: picture.length, atMs: clock.now() };
      byName.set(fileName, file);
      byId.set(file.fileId, file);
      return ok({
        fileId: file.fileId,
        createTime: withMilliseconds(file.atMs),
        expireTime: withMilliseconds(file.atMs + keptMs),
      });
    },
    isKept: (fileId: string): boolean => isKept(byId.get(fileId)),
    reset(): void {
      byName.clear();
      byId.clear();
    },
  };
}

export type MmsFiles = ReturnType<typeof createMmsFiles>;

/** From the first frame header; undefined where there is none. */
function sizeOfJpeg(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    // C4, C8 and CC among them are tables.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
