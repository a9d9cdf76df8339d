/** What edge builds have in place of `open-static-site.ts`: there are no files, and what sends them is a sixth of such a build. */
export async function openStaticSite(): Promise<undefined> {
  return undefined;
}
