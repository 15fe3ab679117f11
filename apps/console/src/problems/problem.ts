import { type ProblemName, problemTypes } from "./problem-types.ts";

/** One fault of a request: where it stands, and what is wrong with it. Exactly one of the places is given. */
export interface RequestFault {
  /** What is wrong, and the mend. Never the value itself: it may be a number or a text. */
  detail: string;
  /** JSON pointer into the body as a URI fragment, e.g. `#/content/text`; `#` is the whole body. */
  pointer?: string;
  /** Name of a query or path parameter. */
  parameter?: string;
  header?: string;
  /** Countable name of the fault, where it has one. */
  code?: string;
}

export interface ProblemParts {
  /** This occurrence: what was found and what to do. */
  detail?: string;
  errors?: readonly RequestFault[];
  /** Further members of the answer. */
  extra?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An answer that is a problem (RFC 9457). Thrown by a handler, written by the one error handler. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly type: ProblemName;
  readonly parts: ProblemParts;

  constructor(type: ProblemName, parts: ProblemParts = {}) {
    super(parts.detail ?? problemTypes[type].title, { cause: parts.cause });
    this.type = type;
    this.parts = parts;
  }

  get status(): number {
    return problemTypes[this.type].status;
  }

  /** The body of the answer. `instance` names this occurrence, as the log does. */
  body(instance: string): Record<string, unknown> {
    const { title, status } = problemTypes[this.type];
    const { detail, errors, extra } = this.parts;
    return {
      type: `/problems/${this.type}`,
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      instance,
      ...(errors === undefined ? {} : { errors }),
      ...extra,
    };
  }
}

/** `content.carousel[2].media` → `#/content/carousel/2/media` (RFC 6901, as a URI fragment). */
export function pointerOf(path: string | readonly PropertyKey[]): string {
  const steps = typeof path === "string" ? path.split(/[.[\]]+/).filter((step) => step !== "") : path.map(String);
  return `#${steps.map((step) => `/${encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("")}`;
}
