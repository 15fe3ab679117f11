/** Where a value of the wire stands in what the author wrote, so that a fault can be named in the author's words. */
export interface Place {
  /** e.g. `content.carousel[2].media.height` */
  readonly path: string;
  at(key: string | number): Place;
}

/** The path of `key` inside `path`, as it is written in messages. */
export function pathAt(path: string, key: string | number): string {
  return typeof key === "number" ? `${path}[${key}]` : `${path}.${key}`;
}

/** For content written with the wire's own names. */
export function samePlace(path: string): Place {
  return { path, at: (key) => samePlace(pathAt(path, key)) };
}

/** Notes, while content is translated, where the value at a path of the wire was written. */
export type NotePlace = (wirePath: string, authoredPath: string) => void;

/** For content written with our names: the nearest noted place, and from there the wire's own names. */
export function notedPlace(notes: ReadonlyMap<string, string>, wirePath = "", inherited = "content"): Place {
  const path = notes.get(wirePath) ?? inherited;
  return {
    path,
    at: (key) => notedPlace(notes, pathAt(wirePath, key), pathAt(path, key)),
  };
}
