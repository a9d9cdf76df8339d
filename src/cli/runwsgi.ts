/** `runwsgi`: the production server. */
export async function main(argv: string[]): Promise<void> {
  const { runwsgi } = await import('./production/runwsgi-command.ts');
  await runwsgi(argv);
}
