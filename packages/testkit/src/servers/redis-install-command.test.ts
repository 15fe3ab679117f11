import { expect, test } from "vitest";
import { redisInstallCommand } from "./redis-install-command.ts";

const systems: Array<{ system: string; platform?: NodeJS.Platform; release: string; mend: string }> = [
  { system: "macOS", platform: "darwin", release: "", mend: "Run: brew install redis" },
  { system: "Debian", release: 'ID=debian\nVERSION_ID="12"\n', mend: "Run: sudo apt-get install redis-server" },
  {
    system: "Mint",
    release: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    mend: "Run: sudo apt-get install redis-server",
  },
  { system: "Alpine", release: "NAME=Alpine\nID=alpine\n", mend: "Run: apk add redis" },
  { system: "Fedora", release: "ID=fedora\n", mend: "Run: sudo dnf install valkey" },
  { system: "Rocky", release: 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', mend: "Run: sudo dnf install valkey" },
  { system: "Arch", release: "ID=arch\n", mend: "Run: sudo pacman -S valkey" },
  {
    system: "openSUSE",
    release: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    mend: "Run: sudo zypper install redis",
  },
  { system: "anything else", release: "", mend: "Install Redis 6.2 or later (or Valkey) so that it is on the PATH" },
];

test.for(systems)("on $system the error names its command", async ({ platform = "linux", release, mend }) => {
  expect(await redisInstallCommand(platform, release)).toBe(mend);
});
