import { followPages } from './_follow.ts';
import { pagesIn } from './_pages.ts';

/** The package that it needs is large: test/e2e/sentry.test.ts runs it where that is there. */
const ELSEWHERE = ['middleware: Reporting errors to Sentry'];

followPages(['README', ...pagesIn('docs')], { without: ELSEWHERE });
