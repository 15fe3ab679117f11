/**
 * - `not-offered`: the carrier has no such call, or the route can't use it
 * - `not-proven`: nobody was found capable, so that the path of the check may be wrong
 * - `held`: the route is held, and nothing is asked over it meanwhile
 * - `refused`: the gateway does not take our credentials or our address
 * - `failing`: the gateway gives no answer that says anything
 */
export type QuestionFault = "not-offered" | "not-proven" | "held" | "refused" | "failing";

/** A question to a carrier that can't be answered, whatever it is asked about. What was answered before it is kept. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
  readonly code = "carrier-question";
  readonly fault: QuestionFault;

  constructor(fault: QuestionFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
