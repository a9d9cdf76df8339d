/** Colours and type that all pages share. */
export const BASE_STYLES = `
:root {
  --paper: #faf9f5; --panel: #ffffff; --ink: #20241f; --soft: #666e66; --line: #e2e1d8;
  --green: #0b6e4f; --red: #b42318; --mark: #fdf0cd; --tint: #f3f1ea;
  --keyword: #8b3a9e; --string: #0b6e4f; --comment: #686f67;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121513; --panel: #191d1a; --ink: #e6e9e3; --soft: #949d95; --line: #2b312d;
    --green: #5cd6a8; --red: #ff8f80; --mark: #3b3115; --tint: #1e2320;
    --keyword: #d7a3e6; --string: #8fd8b4; --comment: #9aa39b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
code, pre { font-family: var(--mono); font-size: .875em; }
code i, pre i { font-style: normal; }
.keyword { color: var(--keyword); }
.string { color: var(--string); }
.comment { color: var(--comment); }
a { color: inherit; }
::selection { background: var(--mark); }
`;

/** The look of the error pages. */
export const ERROR_STYLES = `${BASE_STYLES}
.wrap { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
.summary { border-top: 4px solid var(--red); border-bottom: 1px solid var(--line); background: var(--panel); padding: 2rem 0 1.75rem; }
.kicker { margin: 0 0 .4rem; color: var(--red); font: 600 .9rem/1.5 var(--mono); overflow-wrap: anywhere; }
h1 { margin: 0; font-size: clamp(1.25rem, 3.6vw, 1.75rem); line-height: 1.3; font-weight: 650; letter-spacing: -.01em; white-space: pre-wrap; overflow-wrap: anywhere; }
.hint { margin: 1rem 0 0; padding: .65rem .9rem; border-radius: 6px; background: var(--tint); border-left: 3px solid var(--green); white-space: pre-wrap; overflow-wrap: anywhere; }
.place { margin: 1rem 0 0; color: var(--soft); font: .875rem/1.5 var(--mono); overflow-wrap: anywhere; }
.note { color: var(--soft); margin: 1.5rem 0; }
main { padding-top: .5rem; padding-bottom: 1rem; }
.note:last-child { margin-bottom: 4.5rem; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.0625rem; letter-spacing: -.005em; }
h2 small { color: var(--soft); font-weight: 400; font-size: .875rem; }
h3 { margin: 1.5rem 0 .4rem; font-size: .9375rem; }
.cause { margin: 0 0 .75rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.cause b { color: var(--red); font-family: var(--mono); font-size: .9375em; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; table-layout: fixed; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
tr:first-child > * { border-top: 0; }
th { width: 14rem; font-weight: 400; color: var(--soft); }
td { font-family: var(--mono); white-space: pre-wrap; }
.facts { margin-top: 1.25rem; }
.facts th { width: 10rem; }
.empty { color: var(--soft); margin: .25rem 0; font-size: .875rem; }
.frames { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); overflow: hidden; }
.frames > li + li { border-top: 1px solid var(--line); }
.frames > li, .frames details { position: relative; }
.frame { display: flex; flex-wrap: wrap; gap: 0 .9rem; padding: .5rem 2.25rem .5rem .9rem; font: .875rem/1.6 var(--mono); overflow-wrap: anywhere; }
.frame b { font-weight: 650; }
.frame span { color: var(--soft); }
.dim .frame { padding-top: .15rem; padding-bottom: .15rem; font-size: .8125rem; }
.dim .frame, .dim .frame span { color: var(--soft); }
.dim .frame b { font-weight: 400; }
.frames > li.dim + li.dim { border-top: 0; }
.frames ol { list-style: none; margin: 0; padding: 0 0 .4rem; }
summary { cursor: pointer; }
summary.frame::marker { content: none; }
summary.frame::-webkit-details-marker { display: none; }
summary.frame::after { content: '+'; position: absolute; right: .9rem; color: var(--soft); }
details[open] > summary.frame::after { content: '\\2212'; }
summary:focus-visible, pre:focus-visible { outline: 2px solid var(--green); outline-offset: -2px; border-radius: 4px; }
.code { margin: 0; padding: .6rem 0; background: var(--tint); font-size: .8125rem; line-height: 1.65; overflow-x: auto; }
.code span { display: block; width: max-content; min-width: 100%; padding: 0 .9rem; }
.code .marked { background: var(--mark); box-shadow: inset 3px 0 0 var(--red); }
.open { margin: 0; padding: 0 .9rem .4rem; font-size: .8125rem; }
td .open, .place .open { display: inline-block; padding: 0; }
td > span, .place > span { margin-right: 1.25rem; }
.open button { padding: 0; min-height: 1.5rem; border: 0; background: none; color: var(--green); font: inherit; text-decoration: underline; cursor: pointer; }
.boxed { margin-top: 1.5rem; border: 1px solid var(--line); border-radius: 8px; }
.fold { margin: 1.75rem 0 0; }
.fold > summary { font-weight: 650; font-size: 1.0625rem; }
.fold > summary small { color: var(--soft); font-weight: 400; font-size: .875rem; }
.plain { padding: .9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); overflow-x: auto; font-size: .8125rem; user-select: all; }
.patterns { margin: 0; padding: .6rem 1rem .6rem 3rem; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); font: .875rem/1.9 var(--mono); overflow-wrap: anywhere; }
.patterns ::marker, .patterns i { color: var(--soft); font-style: normal; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding: 1.25rem 0 2.5rem; color: var(--soft); font-size: .875rem; }
@media (min-width: 38.01rem) {
  .frames .open { position: absolute; top: .5rem; right: 2.75rem; padding: 0; }
}
@media (max-width: 38rem) {
  .summary { padding: 1.25rem 0; }
  table, tbody, tr, th, td { display: block; width: auto; }
  .facts th, th { width: auto; padding: .45rem 0 0; }
  td { border-top: 0; padding: 0 0 .45rem; }
}
`;
