import type { SecondLegPlan } from "@hikyaku/core";
import { lengthOfTime } from "../output/format.ts";

/** `after 4h 00m without delivery, at once when it fails …`: when a second leg follows. */
export function fallbackText({ afterMs, onUnknown, onRejected, route }: SecondLegPlan): string {
  return [
    `after ${lengthOfTime(afterMs)} without delivery, at once when it fails`,
    ...(onRejected ? ["also when it is refused"] : []),
    ...(onUnknown ? ["also when its outcome is unknown"] : []),
    ...(route === undefined ? [] : [`over ${route}`]),
  ].join(", ");
}
