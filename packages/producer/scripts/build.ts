import { rm } from "node:fs/promises";
import { bundleCode } from "./bundle-code.ts";
import { collectTypes } from "./collect-types.ts";
import { writeManifest } from "./write-manifest.ts";

/**
 * Makes `dist`, the folder that is published: one module with the workspace's packages inside it, their declarations, and a
 * manifest that asks only for what the public registry has.
 */
const packageFolder = new URL("../", import.meta.url);
const dist = new URL("dist/", packageFolder);
await rm(dist, { recursive: true, force: true });
const dependenciesOfCode = await bundleCode(packageFolder, dist);
const dependenciesOfTypes = await collectTypes(packageFolder, dist);
await writeManifest(packageFolder, dist, dependenciesOfCode, dependenciesOfTypes);
