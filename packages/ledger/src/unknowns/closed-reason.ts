/**
 * What stands on a message whose outcome stayed unknown until the operator closed it. It alone tells such a message from one
 * that expired unsent, and so whether a late receipt may be about it.
 */
export const closedReason = "closed by operator";
