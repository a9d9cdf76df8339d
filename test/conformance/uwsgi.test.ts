import { testBehindNginx } from './_behind-nginx.ts';

testBehindNginx('uwsgi', {
  openBodies: 'nginx collects bodies of unknown length, whose length uwsgi must say',
});
