import { readFile } from "node:fs/promises";

/** By the system's own name for itself, then by those it descends from (`ID` and `ID_LIKE` of os-release). */
const commands: Record<string, string> = {
  debian: "sudo apt-get install redis-server",
  ubuntu: "sudo apt-get install redis-server",
  alpine: "apk add redis",
  fedora: "sudo dnf install valkey",
  rhel: "sudo dnf install valkey",
  arch: "sudo pacman -S valkey",
  suse: "sudo zypper install redis",
};

/** The one command that puts a Redis on the PATH of this system, as the end of an error message. */
export async function redisInstallCommand(
  platform: NodeJS.Platform = process.platform,
  osRelease?: string,
): Promise<string> {
  if (platform === "darwin") return "Run: brew install redis";
  const release = osRelease ?? (await readFile("/etc/os-release", "utf8").catch(() => ""));
  const families = ["ID", "ID_LIKE"].flatMap((name) => osReleaseField(release, name).split(" "));
  const command = families.map((family) => commands[family]).find((known) => known !== undefined);
  return command === undefined ? "Install Redis 6.2 or later (or Valkey) so that it is on the PATH" : `Run: ${command}`;
}

export function osReleaseField(osRelease: string, name: string): string {
  return new RegExp(`^${name}=["']?([^"'\n]*)`, "m").exec(osRelease)?.[1] ?? "";
}
