#!/usr/bin/env node
require('../dist/cli/runfcgi.cjs').main(process.argv.slice(2));
