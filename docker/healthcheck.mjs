// Asks the process in this container whether it lives; exit code 0 or 1. HIKYAKU_HEALTH_URL names another address.
const url = process.env.HIKYAKU_HEALTH_URL ?? "http://127.0.0.1:8081/healthz";
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_500) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
