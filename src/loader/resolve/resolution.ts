/** The target of an import: a module of the site, which our graph runs, or another, which Node loads. */
export type Resolution =
  | { readonly kind: 'site'; readonly file: string; readonly search: string }
  | { readonly kind: 'external'; readonly url: string }
  /** A module of this package, which is loaded already. */
  | { readonly kind: 'own'; readonly file: string };

export type ResolveMode = 'import' | 'require';
