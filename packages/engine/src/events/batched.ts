interface Waiting<In, Out> {
  readonly input: In;
  readonly resolve: (output: Out) => void;
  readonly reject: (err: unknown) => void;
}

/**
 * Turns a call for many into one for each: what is asked for while a call is under way goes together in the next one, at
 * most `limit` at a time. `run` answers in order.
 */
export function batched<In, Out>(
  run: (inputs: readonly In[]) => Promise<readonly Out[]>,
  limit: number,
): (input: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  let running = false;

  const work = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      try {
        const outputs = await run(batch.map(({ input }) => input));
        for (const [index, { resolve }] of batch.entries()) resolve(outputs[index] as Out);
      } catch (err) {
        for (const { reject } of batch) reject(err);
      }
    }
    running = false;
  };

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!running) void work();
    });
}
