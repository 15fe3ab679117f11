/** Work that is done when somebody says that there is some, and once a tick all the same. */
export interface SignalledLoop {
  /** There is work: begin now. */
  signal(): void;
  /** Begins nothing new and waits for what is in hand. */
  close(): Promise<void>;
}

/**
 * Runs `run` over and over, one at a time. After a fault it rests for a tick, however many signals come meanwhile: a ledger
 * that is away is asked once a tick. `isClosing` lets a long run end early.
 */
export function startSignalledLoop(input: {
  run: (isClosing: () => boolean) => Promise<void>;
  tickMs: number;
  onError: (err: unknown) => void;
}): SignalledLoop {
  let closing = false;
  let signalled = false;
  let resting = false;
  let wake: (() => void) | null = null;

  const loop = async (): Promise<void> => {
    while (!closing) {
      signalled = false;
      try {
        await input.run(() => closing);
      } catch (err) {
        input.onError(err);
        signalled = false;
        resting = true;
      }
      if (closing) return;
      if (signalled) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, input.tickMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
      resting = false;
    }
  };
  const running = loop();

  return {
    signal(): void {
      signalled = true;
      if (!resting) wake?.();
    },
    async close(): Promise<void> {
      closing = true;
      wake?.();
      await running;
    },
  };
}
