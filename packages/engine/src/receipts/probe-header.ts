/**
 * Header of a post to a notification URL by which `doctor` says that it is only trying: the receiver does what it does with the carrier's
 * connection test, keeps nothing, and answers in the same header where a notification would have gone.
 */
export const probeHeader = "hikyaku-probe";
