import { closeSync, openSync, writeSync } from "node:fs";
import { writeCell } from "@hikyaku/core";
import type { CheckedCapability } from "@hikyaku/engine";
import { CliError } from "../cli-error.ts";

export interface CapabilityFile {
  readonly path: string;
  /** @throws CliError when it can't be written */
  add(checked: CheckedCapability): void;
  close(): void;
}

/** `customers.csv` → `customers.capability.csv`. */
export function capabilityPathOf(path: string): string {
  return path.replace(/\.(csv|tsv|txt)$/i, "").concat(".capability.csv");
}

const blockLength = 64 * 1024;

/** The answers as a CSV with byte order mark, a row each in the order of asking, with the numbers in full. Written in blocks. */
export function createCapabilityFile(path: string): CapabilityFile {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      throw new CliError(`--out: ${path} can't be written: ${String(cause)}.`, { mend: "Name another file.", cause });
    }
  };
  const fd = attempt(() => openSync(path, "w"));
  let block = "\ufeffrecipient,capable,said,checked_at,source\r\n";
  const flush = () => {
    attempt(() => writeSync(fd, block));
    block = "";
  };
  return {
    path,
    add({ recipient, capable, said, checkedAt, cached }) {
      const source = capable === null ? "" : cached ? "ledger" : "carrier";
      const cells = [recipient, verdictOf(capable), said, checkedAt?.toISOString() ?? "", source];
      block += `${cells.map(writeCell).join(",")}\r\n`;
      if (block.length > blockLength) flush();
    },
    close() {
      flush();
      closeSync(fd);
    },
  };
}

export function verdictOf(capable: boolean | null): "yes" | "no" | "unknown" {
  return capable === null ? "unknown" : capable ? "yes" : "no";
}
