import type { PreparedContent, ProviderRules } from "@hikyaku/core";
import { InvalidContentError } from "../errors/request-errors.ts";

/**
 * @param named what the content is called in the request
 * @throws InvalidContentError with every fault and its path
 */
export function prepareContent(rules: ProviderRules, content: unknown, named = "content"): PreparedContent {
  const prepared = rules.prepareContent(content);
  if (!("issues" in prepared)) return prepared;
  const errors = prepared.issues.filter(({ level }) => level === "error");
  throw new InvalidContentError(
    errors.map(({ path, message, code }) => ({ path: path.replace(/^content/, named), message, code })),
  );
}
