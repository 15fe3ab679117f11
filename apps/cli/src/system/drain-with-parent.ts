/**
 * Loaded before an app that {@link startApp} starts. The channel to the parent is the leash: when it closes, because the
 * parent asks for it or because it is gone in whatever way, the app drains as on SIGTERM, and is ended when that takes
 * too long. So no app outlives its `up`.
 *
 * A Ctrl-C reaches the parent and all apps at once; an app that is draining already must not take the parent's wish for
 * a second signal, which would end it at once.
 */

/** Names how long an app may drain after its channel closed, in milliseconds. */
export const drainVariable = "HIKYAKU_DRAIN_MS";

const patienceMs = Number(process.env[drainVariable] ?? 40_000);
// Processes started in turn have no such leash.
delete process.env[drainVariable];

const signalLagMs = 100;

let isDraining = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    isDraining = true;
  });
}
process.once("disconnect", () => {
  // The parent may have closed the channel because of the very signal that is on its way to here.
  setTimeout(() => {
    if (!isDraining) process.kill(process.pid, "SIGTERM");
  }, signalLagMs).unref();
  setTimeout(() => process.kill(process.pid, "SIGKILL"), patienceMs).unref();
});
