#!/usr/bin/env node
import { main } from '../dist/cli/startproject.js';

await main(process.argv.slice(2));
