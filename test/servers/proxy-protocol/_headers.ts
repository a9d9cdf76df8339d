export const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A header of version 2. @param content the addresses and what follows them */
export function version2(command: number, family: number, content: Buffer, length = content.length): Buffer {
  const fixed = Buffer.from([command, family, length >> 8, length & 0xff]);
  return Buffer.concat([SIGNATURE, fixed, content]);
}

/** Of a client at 203.0.113.9:5123 that connected to 192.0.2.1:443. */
export const TCP4: Buffer = Buffer.from('cb007109c0000201140301bb', 'hex');
/** Of a client at [2001:db8::1]:5123 that connected to [::1]:443. */
export const TCP6: Buffer = Buffer.from(`20010db8${'0'.repeat(23)}1${'0'.repeat(31)}1140301bb`, 'hex');

export const PROXY = 0x21;
export const LOCAL = 0x20;
