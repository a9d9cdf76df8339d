import { BlockList, isIP } from 'node:net';
import { ImproperlyConfigured } from '../errors.ts';

const MOST_BITS = { ipv4: 32, ipv6: 128 } as const;
type Family = keyof typeof MOST_BITS;

/**
 * The peers that a server trusts, by their addresses.
 */
export class TrustedPeers {
  /** @returns nothing for a list without an entry, so that no check is needed */
  static of(entries: readonly string[] | undefined, option: string): TrustedPeers | undefined {
    return entries === undefined || entries.length === 0 ? undefined : new TrustedPeers(entries, option);
  }

  static isEntry(entry: string): boolean {
    return entry === '*' || entry === 'unix' || readEntry(entry) !== undefined;
  }

  readonly #addresses = new BlockList();
  readonly #areAll: boolean;
  readonly #hasUnix: boolean;

  /**
   * @param entries IP addresses, ranges such as `10.0.0.0/8`, `unix` for peers on a unix socket, `*` for all peers
   * @param option the name of the list in the error
   * @throws {ImproperlyConfigured} for any other entry
   */
  constructor(entries: readonly string[], option: string) {
    this.#areAll = entries.includes('*');
    this.#hasUnix = this.#areAll || entries.includes('unix');
    for (const entry of entries) if (entry !== '*' && entry !== 'unix') this.#add(entry, option);
  }

  /** @param address of the peer; undefined on a unix socket */
  has(address: string | undefined): boolean {
    if (address === undefined) return this.#hasUnix;
    if (this.#areAll) return true;
    const [plain = ''] = address.split('%', 1); // A link-local IPv6 address may contain the network interface.
    const family = familyOf(plain);
    return family !== undefined && this.#addresses.check(plain, family);
  }

  #add(entry: string, option: string): void {
    const read = readEntry(entry);
    if (read === undefined) {
      throw new ImproperlyConfigured(`${option} has ${JSON.stringify(entry)}, which is not an address.`, {
        hint: 'Each entry is an IP address, a range such as 10.0.0.0/8, "unix", or "*" for all peers.',
      });
    }
    const { address, bits, family } = read;
    if (bits === undefined) this.#addresses.addAddress(address, family);
    else this.#addresses.addSubnet(address, bits, family);
  }
}

interface PeerEntry {
  readonly address: string;
  readonly family: Family;
  /** The prefix length of a range. */
  readonly bits: number | undefined;
}

/** @returns nothing for a text that is neither an address nor a range */
function readEntry(entry: string): PeerEntry | undefined {
  const [address = '', bits, ...more] = entry.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return undefined;
  if (bits === undefined) return { address, family, bits };
  const isRight = /^\d{1,3}$/.test(bits) && Number(bits) <= MOST_BITS[family];
  return isRight ? { address, family, bits: Number(bits) } : undefined;
}

function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
