/** What edge builds have in place of `open-static-site.ts`: there are no files, and what sends them would be a sixth of such a build (`bench/edge.js`). */
export async function openStaticSite(): Promise<undefined> {
  return undefined;
}
