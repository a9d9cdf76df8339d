import { testBehindNginx } from './_behind-nginx.ts';

testBehindNginx('scgi', {
  unbuffered: 'nginx 1.22 sends a wrong CONTENT_LENGTH with scgi_request_buffering off',
  openBodies: 'nginx collects bodies of unknown length, whose length SCGI must say',
});
