import { followPages } from './_follow.ts';

followPages(['docs/urls', 'docs/views', 'docs/errors', 'docs/request-middleware']);
