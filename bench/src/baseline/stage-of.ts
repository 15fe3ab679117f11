/** What the benchmark tells a baseline program about its surroundings. */
export interface BaselineStage {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  gatewayUrl: string;
  concurrency: number;
  count: number;
}

export function stageOf(env: NodeJS.ProcessEnv): BaselineStage {
  return JSON.parse(env.STAGE ?? "{}") as BaselineStage;
}
