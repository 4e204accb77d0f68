/** Wakes whoever waits for something to change. It carries no news: look again at what you waited for. */
export interface Bell {
  ring(): void;
  /** Ends at the next ring. */
  next(): Promise<void>;
}

export function createBell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring() {
      rung.resolve();
      rung = Promise.withResolvers();
    },
    next: () => rung.promise,
  };
}
