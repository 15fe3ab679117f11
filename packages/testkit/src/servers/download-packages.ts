import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Downloads one of the named packages, with what it needs and the system lacks, through apt but apart from apt's
 * own folders: no root, no lock, no trace in the system. apt checks the signatures as ever.
 * @param anyOf package names in order of preference; the first that the sources offer is taken
 * @param work an empty folder of ours
 * @returns the `.deb` files
 * @throws Error in apt's words
 */
export async function downloadPackages(
  anyOf: readonly string[],
  work: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const archives = join(work, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(work, "lists", "partial"), { recursive: true });
  const settings = join(work, "apt.conf");
  await writeFile(settings, aptSettings(work));
  const apt: Apt = async (program, ...args) => {
    const { stdout } = await promisify(execFile)(`/usr/bin/${program}`, ["-c", settings, ...args], {
      cwd: archives,
      env: { ...env, LC_ALL: "C" },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 180_000,
    });
    return stdout;
  };
  // One broken source of many must not stand in the way; if it was the one that counts, nothing is on offer below.
  const fault = await apt("apt-get", "-qq", "update").then(
    () => "",
    (error: Error) => `: ${error.message.trim()}`,
  );
  const wanted = await firstOnOffer(apt, anyOf);
  if (wanted === undefined) throw new Error(`the package sources offer none of ${anyOf.join(", ")}${fault}`);
  await apt("apt-get", "-qq", "download", ...(await withMissingDependencies(apt, wanted)));
  return (await readdir(archives)).filter((name) => name.endsWith(".deb")).map((name) => join(archives, name));
}

type Apt = (program: "apt-get" | "apt-cache", ...args: string[]) => Promise<string>;

/** Given by `-c`, apt reads these after its own settings, so that they win. */
function aptSettings(work: string): string {
  return `
Dir::State::lists "${work}/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "${work}/archives";
Dir::Cache::archives "${work}/archives";
// As root, apt would switch to an account that cannot enter our folder.
APT::Sandbox::User "";
Debug::NoLocking "true";
Acquire::Languages "none";
Acquire::Retries "2";
// What a system does after its own updates (clearing caches, refreshing catalogues) is not for ours.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;
}

async function firstOnOffer(apt: Apt, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    if (/Candidate: (?!\(none\))/.test(await apt("apt-cache", "policy", name))) return name;
  }
  return undefined;
}

/**
 * The package, the other parts of its family (redis-server's program is in redis-tools), and every library below
 * them that is not installed. Other dependencies serve the installation only.
 */
async function withMissingDependencies(apt: Apt, wanted: string): Promise<string[]> {
  const installed = await installedPackages();
  const family = `${wanted.split("-")[0]}-`;
  const needed = new Set([wanted]);
  // A set may grow while it is walked.
  for (const name of needed) {
    for (const dependency of dependenciesIn(await apt("apt-cache", "depends", "--important", name))) {
      const isUseful = dependency.startsWith(family) || /^(lib|lua)/.test(dependency);
      if (isUseful && !installed.has(dependency)) needed.add(dependency);
    }
  }
  return [...needed];
}

/** Lines such as "  Depends: libc6", " |Depends: a", "  PreDepends: <virtual>". */
function dependenciesIn(text: string): string[] {
  return [...text.matchAll(/^[ |]+(?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]*)/gm)].map(([, name = ""]) => name);
}

async function installedPackages(): Promise<Set<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = "${db:Status-Abbrev}${Package}\n";
  const { stdout } = await promisify(execFile)("/usr/bin/dpkg-query", ["-W", "-f", format], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return new Set([...stdout.matchAll(/^ii (.+)$/gm)].map(([, name = ""]) => name));
}
