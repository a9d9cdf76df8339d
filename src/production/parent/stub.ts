export interface ErrorLog {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  critical(text: string): void;
  reopen(): void;
  close(): void;
}
