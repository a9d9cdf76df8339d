#!/usr/bin/env node
require('../dist/cli/runserver.cjs').main(process.argv.slice(2));
