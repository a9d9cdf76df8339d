import { shownPath } from '../../files/shown-path.ts';

/** The notice about files that a site writes while it loads, with the option that ignores them. */
export function selfWrittenNotice(files: readonly string[], root: string): string {
  const names = files.map((file) => shownPath(file, root));
  const [is, it] = files.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const flags = names.map((name) => `--ignore '${name}'`).join(' ');
  return `${names.join(', ')} ${is} written by the site itself each time it loads, which does not load it again. To reload for ${it} never: ${flags}`;
}
