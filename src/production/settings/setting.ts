import type { Kind } from './kinds/kind.ts';
import type { TimeKind } from './kinds/numbers.ts';

/** A row of the table of settings. */
export interface Setting<Value = unknown> {
  readonly kind: Kind<Value>;
  /** The default. A setting whose default depends on other settings has `defaultText` instead. */
  readonly default?: Value | undefined;
  /** The default in words. @default formatted by the kind */
  readonly defaultText?: string;
  /** The flags, as in gunicorn if it has them. The long one is the last: `-b, --bind`. @default none */
  readonly flags?: string;
  /** Further long flags with the same meaning. @default none */
  readonly aliases?: readonly string[];
  /** The description in one line. */
  readonly documentation: string;
}

/**
 * The values of a table of settings. The names of times end in `Ms`. A value is undefined if it is not set and has no
 * default.
 */
export type ValuesOf<Table extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Table & string as Table[Name]['kind'] extends TimeKind
    ? `${Name}Ms`
    : Name]: ValueOf<Table[Name]>;
};

type ValueOf<Row extends Setting> = Row extends { readonly default: infer Default }
  ? KindValue<Row> | (Default extends undefined ? undefined : never)
  : KindValue<Row>;

type KindValue<Row extends Setting> = Row['kind'] extends Kind<infer Value> ? Value : never;

/** The name of a value in the code: `timeoutMs` for `timeout`. */
export function valueName(name: string, { kind }: Pick<Setting, 'kind'>): string {
  return kind.isTime ? `${name}Ms` : name;
}

/** The environment variable of a setting: `RUNWSGI_GRACEFUL_TIMEOUT` for `gracefulTimeout`. */
export function variableName(name: string): string {
  return `RUNWSGI_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
