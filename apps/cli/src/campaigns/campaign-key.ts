import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { type ContentOptions, fallbackOf } from "./campaign-options.ts";
import { classFieldsOf } from "./class-options.ts";
import { lineOfSaid, type Said } from "./read-said.ts";

/**
 * The key of a campaign that was given none: it depends on the file's content, the text, the route and the options, so
 * that the same command run twice is the same campaign and sends nothing a second time.
 */
export async function keyOfFile(path: string, said: Said, options: ContentOptions): Promise<string> {
  const { route, priority, window, startAt, validFor, onUnknown } = options;
  const hash = createHash("sha256");
  // What is not given adds nothing: a command from before there was an option makes the key it made then, and sends nothing twice.
  const ofClass = classFieldsOf(options);
  const { fallbackAfter, fallbackOnUnknown, fallbackOnRejected, ...ofSecond } = fallbackOf(options);
  const follows = { ...ofSecond, content: said.fallbackContent };
  const given = [fallbackAfter, fallbackOnUnknown, fallbackOnRejected].filter((each) => each !== undefined);
  if (Object.values(follows).some((each) => each !== undefined)) given.push(JSON.stringify(follows));
  const further = [...given, ...(Object.keys(ofClass).length > 0 ? [ofClass] : [])];
  hash.update(JSON.stringify([route, lineOfSaid(said), priority, window, startAt, validFor, onUnknown, ...further]));
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  const name = basename(path)
    .replace(/\.[^.]*$/, "")
    .slice(0, 100);
  return `${name}-${hash.digest("hex").slice(0, 12)}`;
}
