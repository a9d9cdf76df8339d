let lastText = '';
let lastHash = compute('');

/**
 * A 53-bit hash of a text (cyrb53), to detect changes of files. It must not be used for secrets. `node:crypto` would
 * take 5 ms of CPU to load (`bench/first-use.js`, Node 24). The reader of a file and the transform cache both need the
 * hash of the same text, so the last result is kept.
 */
export function contentHash(text: string): number {
  if (text !== lastText) {
    lastHash = compute(text);
    lastText = text;
  }
  return lastHash;
}

function compute(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return 4294967296 * (0x1fffff & low) + (high >>> 0);
}
