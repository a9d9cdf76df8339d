import type { Kind } from './kinds/kind.ts';
import type { TimeKind } from './kinds/numbers.ts';

/** A row of the table of settings. */
export interface Setting<Value = unknown> {
  readonly kind: Kind<Value>;
  /** The default; a setting whose default depends on others has `defaultText` in its place. */
  readonly default?: Value | undefined;
  /** What the default is, in words. @default the default as the kind shows it */
  readonly defaultText?: string;
  /** gunicorn's flags where it has them, the long one last: `-b, --bind`. @default none */
  readonly flags?: string;
  /** More long flags that mean the same. @default none */
  readonly aliases?: readonly string[];
  /** One line: what it does. */
  readonly documentation: string;
}

/** The values of a table of settings: times end in `Ms`, and are undefined where there is neither a value nor a default. */
export type ValuesOf<Table extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Table & string as Table[Name]['kind'] extends TimeKind
    ? `${Name}Ms`
    : Name]: ValueOf<Table[Name]>;
};

type ValueOf<Row extends Setting> = Row extends { readonly default: infer Default }
  ? KindValue<Row> | (Default extends undefined ? undefined : never)
  : KindValue<Row>;

type KindValue<Row extends Setting> = Row['kind'] extends Kind<infer Value> ? Value : never;

/** The name that a value has in the code: `timeoutMs` for `timeout`. */
export function valueName(name: string, { kind }: Pick<Setting, 'kind'>): string {
  return kind.isTime ? `${name}Ms` : name;
}

/** The environment variable of a setting: `RUNWSGI_GRACEFUL_TIMEOUT` for `gracefulTimeout`. */
export function variableName(name: string): string {
  return `RUNWSGI_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
