/** Remembers recipients, to tell who came before. */
export interface RecipientSet {
  /** False when it was in the set already. */
  add(recipient: string): boolean;
}

/**
 * A set for millions of recipients: an E.164 number has at most 15 digits and so is exactly one double, which makes 16 bytes
 * a recipient where a `Set` of strings takes about 100. Anything else goes into an ordinary set.
 */
export function createRecipientSet(): RecipientSet {
  const others = new Set<string>();
  let slots = new Float64Array(1 << 12);
  let used = 0;

  function place(number: number): boolean {
    const mask = slots.length - 1;
    let at = (Math.imul(number >>> 0, 0x9e3779b1) ^ Math.imul(Math.floor(number / 2 ** 32), 0x85ebca6b)) >>> 7;
    for (at &= mask; slots[at] !== 0; at = (at + 1) & mask) {
      if (slots[at] === number) return false;
    }
    slots[at] = number;
    return true;
  }

  function grow(): void {
    const before = slots;
    slots = new Float64Array(before.length * 2);
    for (const number of before) if (number !== 0) place(number);
  }

  return {
    add(recipient) {
      if (!/^\+[1-9]\d{0,14}$/.test(recipient)) {
        const isNew = !others.has(recipient);
        others.add(recipient);
        return isNew;
      }
      if (!place(Number(recipient.slice(1)))) return false;
      if (++used * 2 > slots.length) grow();
      return true;
    },
  };
}
