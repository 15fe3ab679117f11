import { refusalCodes } from "../refusal.ts";
import { readObject } from "./fields.ts";
import type { Findings } from "./findings.ts";
import { checkMedia, checkThumbnail, type RcsLimits } from "./media.ts";

const file = { url: "fileUrl", type: "fileMIMEType", size: "fileSize", name: "fileName" } as const;
const thumbnail = {
  url: "thumbnailUrl",
  type: "thumbnailMIMEType",
  size: "thumbnailFileSize",
  name: "thumbnailFileName",
} as const;
const ofFile = Object.values(file);
const ofThumbnail = Object.values(thumbnail);

/** `fileMessage` (guide §3.4, protocol notes §6.3): a picture, a video or a sound at a URL of the company's own. */
export function checkFileMessage(value: unknown, path: string, limits: RcsLimits, findings: Findings): void {
  const message = readObject(value, path, [...ofFile, ...ofThumbnail], findings, refusalCodes.noContent);
  if (message === undefined) return;
  const types = [...limits.imageTypes, ...limits.videoTypes, ...limits.audioTypes];
  checkMedia(message, path, file, types, limits, findings, true);
  checkThumbnail(message, path, thumbnail, limits, findings);
}

/** `audioMessage` (protocol notes §6.4). */
export function checkAudioMessage(value: unknown, path: string, limits: RcsLimits, findings: Findings): void {
  const message = readObject(value, path, [...ofFile, "playingLength"], findings, refusalCodes.noContent);
  if (message === undefined) return;
  checkMedia(message, path, file, limits.audioTypes, limits, findings, true);
  const seconds = message.playingLength;
  if (seconds === undefined) findings.deviate(`${path}.playingLength is missing`);
  else if (!Number.isInteger(seconds) || (seconds as number) <= 0) {
    findings.refuse(`${path}.playingLength must be a whole number of seconds`);
  }
}
