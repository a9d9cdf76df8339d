/** Flags for the inspector. They are meant for one process, and not for its children. */
const INSPECTOR =
  /^--(?:inspect|inspect-brk|inspect-wait|inspect-port|debug-port|inspect-publish-uid)(?:=|$)/;
const OPENS_INSPECTOR = /^--inspect(?:-brk|-wait)?(?:=|$)/;

/** Those flags whose value may be the next word. */
const HAS_VALUE = /^--(?:inspect-port|debug-port|inspect-publish-uid)$/;

/** A word of NODE_OPTIONS, which may have quotes. */
const WORD = /(?:[^\s"]|"(?:\\.|[^"\\])*")+/g;

/**
 * The flags for a worker: all flags of this process except those for the inspector. Only one process can have its port.
 */
export function workerFlags(flags: readonly string[]): string[] {
  return flags.filter((flag, index) => {
    const before = flags[index - 1];
    const isValue = before !== undefined && HAS_VALUE.test(named(before));
    return !INSPECTOR.test(named(flag)) && !isValue;
  });
}

/** The environment for a worker, without the flags for the inspector in NODE_OPTIONS. */
export function workerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS } = env;
  if (NODE_OPTIONS === undefined) return env;
  return { ...env, NODE_OPTIONS: workerFlags(wordsOf(NODE_OPTIONS)).join(' ') };
}

/** Whether the command line or NODE_OPTIONS makes Node open the inspector. */
export function hasInspector(flags: readonly string[], { NODE_OPTIONS = '' }: NodeJS.ProcessEnv): boolean {
  return [...flags, ...wordsOf(NODE_OPTIONS)].some((flag) => OPENS_INSPECTOR.test(named(flag)));
}

function wordsOf(options: string): string[] {
  return options.match(WORD) ?? [];
}

/** Normalizes a flag: Node also accepts underscores instead of dashes, and quotes in NODE_OPTIONS. */
function named(flag: string): string {
  const [name, ...value] = flag.replaceAll('"', '').split('=');
  return [name!.replaceAll('_', '-'), ...value].join('=');
}
