import type { Build, WireNode } from "./build.ts";
import { withoutUndefined } from "./build.ts";
import type { Place } from "./place.ts";
import { fileUrl } from "./text-forms.ts";
import type { AudioMessage, CardMedia, FileMessage } from "./wire-schema.ts";

type MediaClass = "image" | "video" | "audio" | "other";

/** `fileMessage`: an image, audio or video file (guide §3.4). The file lies at the company; the carrier only gets its address. */
export function buildFile(file: FileMessage, place: Place, build: Build): WireNode {
  checkThumbnailWhole(
    place,
    build,
    [file.thumbnailUrl, file.thumbnailFileName, file.thumbnailMIMEType, file.thumbnailFileSize],
    "URL, name, MIME type and size",
  );
  const classes = ["image", "video", "audio", "other"] as const;
  checkFile(file.fileMIMEType, file.fileSize, place.at("fileMIMEType"), place.at("fileSize"), classes, build);
  if (file.thumbnailMIMEType !== undefined && file.thumbnailFileSize !== undefined) {
    const at = (key: string) => place.at(key);
    checkThumbnail(
      file.thumbnailMIMEType,
      file.thumbnailFileSize,
      at("thumbnailMIMEType"),
      at("thumbnailFileSize"),
      build,
    );
  }
  return withoutUndefined({
    fileMIMEType: file.fileMIMEType,
    fileName: fileName(file.fileName, place.at("fileName"), build),
    fileSize: file.fileSize,
    fileUrl: url(file.fileUrl, place.at("fileUrl"), "the file's URL", build),
    thumbnailFileName:
      file.thumbnailFileName === undefined
        ? undefined
        : fileName(file.thumbnailFileName, place.at("thumbnailFileName"), build),
    thumbnailFileSize: file.thumbnailFileSize,
    thumbnailMIMEType: file.thumbnailMIMEType,
    thumbnailUrl:
      file.thumbnailUrl === undefined
        ? undefined
        : url(file.thumbnailUrl, place.at("thumbnailUrl"), "the thumbnail's URL", build),
  });
}

/** `audioMessage` (protocol notes §6.4). */
export function buildAudio(file: AudioMessage, place: Place, build: Build): WireNode {
  checkFile(file.fileMIMEType, file.fileSize, place.at("fileMIMEType"), place.at("fileSize"), ["audio"], build);
  return withoutUndefined({
    fileMIMEType: file.fileMIMEType,
    fileName: fileName(file.fileName, place.at("fileName"), build),
    fileSize: file.fileSize,
    fileUrl: url(file.fileUrl, place.at("fileUrl"), "the file's URL", build),
    playingLength: file.playingLength,
  });
}

/** A card's picture or video (guide §3.6). Its keys are of another family than a file's. */
export function buildCardMedia(media: CardMedia, place: Place, build: Build): WireNode {
  checkThumbnailWhole(
    place,
    build,
    [media.thumbnailUrl, media.thumbnailContentType, media.thumbnailFileSize],
    "URL, MIME type and size",
  );
  const [mime, size] = [place.at("mediaContentType"), place.at("mediaFileSize")];
  checkFile(media.mediaContentType, media.mediaFileSize, mime, size, ["image", "video"], build);
  if (media.thumbnailContentType !== undefined && media.thumbnailFileSize !== undefined) {
    const [thumbnailMime, thumbnailSize] = [place.at("thumbnailContentType"), place.at("thumbnailFileSize")];
    checkThumbnail(media.thumbnailContentType, media.thumbnailFileSize, thumbnailMime, thumbnailSize, build);
  }
  const max = build.limits.contentDescription;
  return withoutUndefined({
    contentDescription:
      media.contentDescription === undefined
        ? undefined
        : build.text(media.contentDescription, place.at("contentDescription"), {
            what: "the picture's description",
            max,
          }),
    height: media.height,
    mediaContentType: media.mediaContentType,
    mediaFileSize: media.mediaFileSize,
    mediaUrl: url(media.mediaUrl, place.at("mediaUrl"), "the media URL", build),
    thumbnailContentType: media.thumbnailContentType,
    thumbnailFileSize: media.thumbnailFileSize,
    thumbnailUrl:
      media.thumbnailUrl === undefined
        ? undefined
        : url(media.thumbnailUrl, place.at("thumbnailUrl"), "the thumbnail's URL", build),
  });
}

function url(written: string, place: Place, what: string, build: Build): WireNode {
  if (/^http:/i.test(written))
    build.warn(place, "rcs-http", `${what} is http; handsets and carriers may refuse it, use https`);
  return build.text(written, place, { what, form: fileUrl, isUrl: true, takesReference: true });
}

function fileName(written: string, place: Place, build: Build): WireNode {
  return build.text(written, place, { what: "the file's name", max: 255, oneLine: true });
}

function checkThumbnailWhole(place: Place, build: Build, parts: readonly unknown[], names: string): void {
  const given = parts.filter((part) => part !== undefined).length;
  if (given === 0 || given === parts.length) return;
  build.fault(place, "rcs-thumbnail-incomplete", `a thumbnail needs its ${names}; give all of them or none`);
}

function checkFile(
  mime: string,
  size: number,
  mimePlace: Place,
  sizePlace: Place,
  classes: readonly MediaClass[],
  build: Build,
): void {
  const known = build.settings.mime;
  const kind = classes.find((each) => known[each].includes(mime));
  if (kind === undefined) {
    const allowed = classes.flatMap((each) => known[each]).join(", ");
    build.fault(
      mimePlace,
      "rcs-mime",
      `${mime} is not taken here; use one of ${allowed}, or add it to the route's rcs.mime`,
    );
  }
  const { fileBytes, imageBytesAdvised, videoBytesAdvised } = build.limits;
  const advised = kind === "image" ? imageBytesAdvised : videoBytesAdvised;
  if (size > fileBytes) {
    build.fault(
      sizePlace,
      "rcs-file-too-large",
      `the file has ${size} bytes, the maximum is ${fileBytes}; make it smaller`,
    );
  } else if (size > advised) {
    const reason = "it loads slowly and costs the reader's data";
    build.warn(sizePlace, "rcs-file-large", `the file has ${size} bytes, more than the advised ${advised}; ${reason}`);
  }
}

function checkThumbnail(mime: string, size: number, mimePlace: Place, sizePlace: Place, build: Build): void {
  const { image } = build.settings.mime;
  if (!image.includes(mime)) {
    build.fault(mimePlace, "rcs-mime", `a thumbnail is an image; ${mime} is none of ${image.join(", ")}`);
  }
  const { thumbnailBytesAdvised: advised, fileBytes } = build.limits;
  if (size > fileBytes) {
    build.fault(sizePlace, "rcs-file-too-large", `the thumbnail has ${size} bytes, the maximum is ${fileBytes}`);
  } else if (size > advised) {
    build.warn(sizePlace, "rcs-file-large", `the thumbnail has ${size} bytes, more than the advised ${advised}`);
  }
}
