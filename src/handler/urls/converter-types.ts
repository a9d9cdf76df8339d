/**
 * The type of each converter's values. Declare those that you register, so that views get their types.
 *
 * @example
 * declare module 'startproject/urls' {
 *   interface ConverterTypes {
 *     date: Date;
 *   }
 * }
 */
export interface ConverterTypes {
  int: number;
  str: string;
  slug: string;
  uuid: string;
  path: string;
}
