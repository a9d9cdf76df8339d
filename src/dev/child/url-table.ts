import { parseStack } from '../../handler/debug/source/stack-frames.ts';
import { type ListedURL, listURLs } from '../../handler/urls/list-urls.ts';

/** The site's URLs as lines of a table: route, name, view, place. */
export function urlTable(urls: readonly ListedURL[] = listURLs()): string {
  const rows = urls.map(({ route, name, view, frame }) => [
    route,
    name,
    view.startsWith('of ') ? '' : view,
    parseStack(`Error\n${frame ?? ''}`, '')[0]?.place.replace(/:\d+$/, '') ?? '',
  ]);
  const columns = [0, 1, 2, 3].filter((column) => rows.some((row) => row[column] !== ''));
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      columns
        .map((column, index) => row[column]!.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
