import { shownPath } from '../../files/shown-path.ts';

/** The notice about files that a site writes while it loads, with the option that ignores them. */
export function selfWrittenNotice(files: readonly string[], root: string): string {
  const names = files.map((file) => shownPath(file, root));
  const flags = names.map((name) => `--ignore '${name}'`).join(' ');
  return `The site itself writes ${names.join(', ')} while it loads. This causes no reload. To ignore all changes there: ${flags}`;
}
