#!/usr/bin/env node
import { main } from '../dist/cli/runserver.js';

await main(process.argv.slice(2));
