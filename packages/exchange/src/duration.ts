import { parseDuration } from "@hikyaku/core";
import * as z from "zod";

/** A duration of the configuration file, as milliseconds. */
export const duration = z
  .string()
  .transform((text, context): number => {
    const read = parseDuration(text);
    if (read.ok && read.ms > 0) return read.ms;
    context.addIssue({ code: "custom", message: read.ok ? "longer than nothing" : read.reason, input: text });
    return z.NEVER;
  })
  .meta({ expected: "a duration such as 5s or 1500ms", type: "duration" });
