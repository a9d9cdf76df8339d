import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { run } from './_program.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const NOWHERE = 'http://127.0.0.1:1/none.tgz';

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** An entry of package-lock.json. */
interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Serves the tarballs of this package and of what it depends on, so that `npm ci` needs no other server. */
export class Packages {
  readonly #folder = temporaryFolder();
  #url = '';

  async serve(): Promise<this> {
    const server = http.createServer(({ url }, response) => {
      createReadStream(path.join(this.#folder, path.basename(url!))).pipe(response);
    });
    onTestFinished(() => void server.close().closeAllConnections());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  /** The package-lock.json of a site with this package.json. Its devDependencies cannot be fetched. */
  async lock(site: PackageJson): Promise<string> {
    const { version, bin, dependencies } = readOwn<PackageJson>('package.json');
    const { packages } = readOwn<{ packages: Record<string, Locked> }>('package-lock.json');
    const locked = await Promise.all(
      Object.entries(packages)
        .filter(([place, { dev }]) => place !== '' && !dev)
        .map(async ([place, { integrity: _, optionalDependencies = {}, ...entry }]) => {
          // npm would ask its registry for those of other platforms.
          const here = Object.entries(optionalDependencies).filter(
            ([name]) => packages[`node_modules/${name}`],
          );
          const resolved = await this.#pack(path.join(CHECKOUT, place));
          return [place, { ...entry, resolved, optionalDependencies: Object.fromEntries(here) }] as const;
        }),
    );
    const resolved = await this.#packThis();
    return JSON.stringify({
      name: site.name,
      version: site.version,
      lockfileVersion: 3,
      packages: {
        '': site,
        'node_modules/startproject': { version, bin, dependencies, resolved },
        ...Object.fromEntries(locked),
        ...Object.fromEntries(
          Object.keys(site.devDependencies ?? {}).map((name) => [
            `node_modules/${name}`,
            { version: packages[`node_modules/${name}`]!.version, dev: true, resolved: NOWHERE },
          ]),
        ),
      },
    });
  }

  async #pack(folder: string): Promise<string> {
    const name = `${folder.slice(CHECKOUT.length).replaceAll('/', '-')}.tgz`;
    await run('tar', ['-czf', path.join(this.#folder, name), '--transform=s,^.,package,', '.'], folder);
    return `${this.#url}/${name}`;
  }

  async #packThis(): Promise<string> {
    const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', this.#folder];
    return `${this.#url}/${(await run('npm', words, CHECKOUT)).stdout.trim()}`;
  }
}

function readOwn<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(CHECKOUT, name), 'utf8')) as T;
}
