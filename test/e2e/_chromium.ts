import { type Browser, chromium } from 'playwright-core';

/** It is to speak to nobody but us. Headless, and with a new profile, it is by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(executablePath: string): Promise<Browser> {
  // Browsers of users keep the pages that they go back to; Playwright's do not unless they are told.
  const ignoreDefaultArgs = ['--disable-back-forward-cache'];
  return chromium.launch({ executablePath, args: FLAGS, ignoreDefaultArgs });
}
