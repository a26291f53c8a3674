/** What `check` found: a line, and below it what to do, or what to know. */
export interface Finding {
  readonly ok: boolean;
  readonly message: string;
  readonly remedy?: string | undefined;
}
