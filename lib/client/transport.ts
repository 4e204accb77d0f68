import type { Route, RouteName } from '../contract/routes.ts';

/** A verb that is called. */
export interface Call {
  readonly name: RouteName;
  readonly route: Route;
  readonly input: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
}

/** What came back: an HTTP status, and the document as text. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A way to a server. Fails with `UnreachableError` when no answer comes, and with the signal's reason when aborted. */
export type Transport = (call: Call) => Promise<Answer>;
