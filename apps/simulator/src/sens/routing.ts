import type { AlimtalkService } from "./alimtalk-service.ts";
import { type Answer, ok, refused } from "./answer.ts";
import type { SensSettings } from "./options.ts";
import { gatewayError, nothingFound, sensError } from "./refusal.ts";
import type { SmsService } from "./sms-service.ts";
import type { Target } from "./target.ts";

interface Services {
  readonly settings: SensSettings;
  readonly alimtalk: AlimtalkService;
  readonly sms: SmsService;
}

/** What a signed request gets, by its path (protocol notes §2.4 steps 2 and 3, §4). */
export function answerTarget(method: string, target: Target, readBody: () => unknown, services: Services): Answer {
  const { settings, alimtalk, sms } = services;
  const { api, serviceId, query, rest } = target;
  const [what, id, more, ...beyond] = rest;
  const unknownPath = refused(gatewayError("300", `${method} ${rest.join("/")}`));
  if (api === "unknown" || beyond.length > 0) return unknownPath;
  if (api === "common") return method === "GET" ? projects(rest, query, settings) : unknownPath;
  if (serviceId !== (api === "alimtalk" ? settings.alimtalkServiceId : settings.smsServiceId)) {
    return settings.wrongService === "403"
      ? refused(sensError(403, "Forbidden"))
      : refused(gatewayError("210", "The key may not use this service."));
  }
  const service = api === "alimtalk" ? alimtalk : sms;
  switch (`${method} ${what}${id === undefined ? "" : "/*"}${more === undefined ? "" : `/${more}`}`) {
    case "POST messages":
      return service.send(readBody());
    case "GET messages":
      return service.list(query);
    case "GET messages/*":
      return service.single(id ?? "");
    case "GET reservations/*/reserve-status":
      return service.reserveStatus(id ?? "");
    case "DELETE reservations/*":
      return service.cancel(id ?? "");
    case "POST files":
      return api === "sms" ? sms.files.upload(readBody()) : unknownPath;
    case "GET unsubscribes":
      return api === "sms" ? sms.optOuts.list(query) : unknownPath;
    case "POST unsubscribes":
      return api === "sms" ? sms.optOuts.add(readBody()) : unknownPath;
    case "DELETE unsubscribes":
      return api === "sms" ? sms.optOuts.remove(readBody()) : unknownPath;
    case "GET channels":
      return api === "alimtalk" ? alimtalk.channels() : unknownPath;
    case "GET templates":
      return api === "alimtalk" ? alimtalk.templates(query) : unknownPath;
    default:
      return unknownPath;
  }
}

/** Which service IDs a project has (protocol notes §1). The shape around them is assumed. */
function projects(rest: readonly string[], query: Readonly<Record<string, string>>, settings: SensSettings): Answer {
  const { project, smsServiceId, alimtalkServiceId } = settings;
  const shown = {
    projectId: `ncp:project:kr:100000000000:${project}`,
    projectName: project,
    useSms: true,
    useKkoBizMsg: true,
    smsService: { serviceId: smsServiceId },
    kkoBizMsgService: { serviceId: alimtalkServiceId },
  };
  if (rest.length === 0) return ok(query.projectName === undefined || query.projectName === project ? [shown] : []);
  return rest[0] === shown.projectId ? ok(shown) : refused(nothingFound);
}
