export interface SiteSettings {
  readonly bind: readonly string[];
  readonly workers: number;
  readonly timeoutMs: number;
  readonly bootTimeoutMs: number;
  readonly gracefulTimeoutMs: number;
  readonly drainDelayMs: number;
  readonly queueTimeoutMs: number;
  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  readonly maxWorkerLifetimeMs: number;
  readonly maxMemory: number;
  readonly warmup: readonly string[];
  readonly allowDebug: boolean;
  readonly app?: string;
  readonly settings?: string;
  readonly backlog: number;
}
export interface NamedSite {
  readonly name: string;
  readonly settings: SiteSettings;
}

export interface ErrorLog {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  critical(text: string): void;
  reopen(): void;
  close(): void;
}
