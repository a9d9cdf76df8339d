import { testBehindNginx } from './_behind-nginx.ts';

testBehindNginx('fcgi', {});
