/** The two queues of a route: single (transactional) messages, which go first, and those of campaigns. */
export type SendLane = "single" | "campaign";
