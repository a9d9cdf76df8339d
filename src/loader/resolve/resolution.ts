/** Where an import leads: into the site, whose modules we run ourselves, or out of it, to Node's own loader. */
export type Resolution =
  | { readonly kind: 'site'; readonly file: string; readonly search: string }
  | { readonly kind: 'external'; readonly url: string }
  /** A module of this package, which runs here already. */
  | { readonly kind: 'own'; readonly file: string };

export type ResolveMode = 'import' | 'require';
