#!/usr/bin/env node
require('../dist/cli/runwsgi.cjs').main(process.argv.slice(2));
