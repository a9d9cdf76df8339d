/** Flags about an inspector. They are meant for the process that has them, and not for its children. */
const INSPECTOR =
  /^--(?:inspect|inspect-brk|inspect-wait|inspect-port|debug-port|inspect-publish-uid)(?:=|$)/;
const OPENS_INSPECTOR = /^--inspect(?:-brk|-wait)?(?:=|$)/;

/** Of those, the ones whose value may be the next word. */
const HAS_VALUE = /^--(?:inspect-port|debug-port|inspect-publish-uid)$/;

/** A word of NODE_OPTIONS, which may have quotes. */
const WORD = /(?:[^\s"]|"(?:\\.|[^"\\])*")+/g;

/** The flags that a worker inherits: all but those about an inspector, whose port only one process can have. */
export function workerFlags(flags: readonly string[]): string[] {
  return flags.filter((flag, index) => {
    const before = flags[index - 1];
    const isValue = before !== undefined && HAS_VALUE.test(named(before));
    return !INSPECTOR.test(named(flag)) && !isValue;
  });
}

/** The environment of a worker, whose NODE_OPTIONS open no inspector. */
export function workerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS } = env;
  if (NODE_OPTIONS === undefined) return env;
  return { ...env, NODE_OPTIONS: workerFlags(wordsOf(NODE_OPTIONS)).join(' ') };
}

/** Whether Node was asked to open an inspector, by its command line or by NODE_OPTIONS. */
export function hasInspector(flags: readonly string[], { NODE_OPTIONS = '' }: NodeJS.ProcessEnv): boolean {
  return [...flags, ...wordsOf(NODE_OPTIONS)].some((flag) => OPENS_INSPECTOR.test(named(flag)));
}

function wordsOf(options: string): string[] {
  return options.match(WORD) ?? [];
}

/** Node takes underscores for dashes, and quotes in NODE_OPTIONS. */
function named(flag: string): string {
  const [name, ...value] = flag.replaceAll('"', '').split('=');
  return [name!.replaceAll('_', '-'), ...value].join('=');
}
