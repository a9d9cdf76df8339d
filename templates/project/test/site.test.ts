/** Tests of {{ project_name }}. Run them with: {{ package_manager }} test. The client calls the application without a server. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createClient } from 'startproject/test';
import { application } from '../{{ project_name }}/wsgi.ts';

const client = createClient(application);

test('the home page answers', async () => {
  const response = await client.get('/');
  assert.equal(response.status, 200);
});
