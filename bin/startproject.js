#!/usr/bin/env node
require('../dist/cli/startproject.cjs').main(process.argv.slice(2));
