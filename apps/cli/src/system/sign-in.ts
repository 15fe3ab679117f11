import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { newSignIn, type SignIn } from "./system-config.ts";

const signInSchema = z.object({ name: z.string().min(1), password: z.string().min(1) });

/** The console's generated sign-in of a data folder: made once, the same at every start. */
export async function keptSignIn(dataDir: string): Promise<SignIn> {
  const file = join(dataDir, "sign-in.json");
  try {
    return signInSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    const signIn = newSignIn();
    await writeFile(file, `${JSON.stringify(signIn)}\n`, { mode: 0o600 });
    return signIn;
  }
}
