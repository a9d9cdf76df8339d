/** Tests of {{ project_name }}: npm test. The client calls the application in this process, without a server. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createClient } from 'startproject/test';
import { application } from '../{{ project_name }}/wsgi.ts';

const client = createClient(application);

test('the home page answers', async () => {
  const response = await client.get('/');
  assert.equal(response.status, 200);
});
