/**
 * Replaces `open-static-site.ts` in edge builds. They have no file system, and the code that sends files would be a
 * sixth of a build (`bench/edge.js`).
 */
export async function openStaticSite(): Promise<undefined> {
  return undefined;
}
