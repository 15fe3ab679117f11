import { InvalidArgumentError } from "commander";

const names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** `mon,wed`, `mon-fri`, or `all` for every day. ISO numbers, 1 Monday … 7 Sunday. */
export function readDays(text: string): number[] | "all" {
  if (text.trim().toLowerCase() === "all") return "all";
  return text.split(",").flatMap((part) => {
    const [from = "", to] = part.trim().toLowerCase().split("-");
    const first = numberOf(from);
    const last = to === undefined ? first : numberOf(to);
    if (last < first) throw fault;
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** `mon, fri`, or `every day`. */
export function daysText(weekdays: readonly number[] | undefined): string {
  return weekdays === undefined ? "every day" : weekdays.map((day) => names[day - 1]).join(", ");
}

function numberOf(name: string): number {
  const at = names.indexOf(name.trim().slice(0, 3));
  if (at === -1) throw fault;
  return at + 1;
}

const fault = new InvalidArgumentError("Give weekdays such as mon,wed or mon-fri, or all for every day.");
