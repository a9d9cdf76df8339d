/** The target of an import. Our graph runs the modules of the site, and Node loads all others. */
export type Resolution =
  | { readonly kind: 'site'; readonly file: string; readonly search: string }
  | { readonly kind: 'external'; readonly url: string }
  /** A module of this package. It is loaded already. */
  | { readonly kind: 'own'; readonly file: string };

export type ResolveMode = 'import' | 'require';
