import { afterAll, beforeAll, describe } from 'vitest';
import { describeWith, POSTGRESQL } from '../e2e/_real-parts.ts';
import { type ForeignServer, startPostgresql } from '../e2e/_servers.ts';
import { followPages } from './_follow.ts';
import { pagesIn } from './_pages.ts';

const DATABASES = 'docs/recipes/databases';

describe('recipes', () => {
  followPages(pagesIn('docs/recipes').filter((page) => page !== DATABASES));
});

describeWith(POSTGRESQL, (initdb) => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startPostgresql(initdb);
  });
  afterAll(() => server?.stop());

  followPages([DATABASES], {
    server: () => ({
      DATABASE_URL: `postgres://postgres@localhost/postgres?host=${server.folder}`,
    }),
  });
});
