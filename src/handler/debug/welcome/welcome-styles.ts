import { BASE_STYLES } from '../styles.ts';

/** The look of the welcome page. */
export const WELCOME_STYLES = `${BASE_STYLES}
:root { --sky-top: #e4f3ea; --sky-low: #fbf3dc; --sun: #f6b94b; --hill-far: #bfe0c4; --hill: #8cc79b; --shade: 32 48 36; }
@media (prefers-color-scheme: dark) {
  :root { --sky-top: #17302a; --sky-low: #3a2f1f; --sun: #f2b950; --hill-far: #245443; --hill: #1b3f33; --shade: 0 0 0; }
}
main { max-width: 66rem; margin: 0 auto; padding: clamp(1.5rem, 4vw, 3rem) 1.5rem 2rem; }
header { display: grid; grid-template-columns: 1.45fr 1fr; gap: 2.5rem; align-items: center; }
h1 { margin: 1.25rem 0 1rem; font-size: clamp(2.1rem, 5.2vw, 3.4rem); line-height: 1.08; letter-spacing: -.03em; font-weight: 720; text-wrap: balance; }
h1 em { font-style: normal; color: var(--green); }
.lead { margin: 0; max-width: 30rem; font-size: 1.125rem; color: var(--soft); text-wrap: pretty; }
.lead code { color: var(--ink); }
.pill { display: inline-flex; align-items: center; gap: .55rem; margin: 0; padding: .3rem .85rem .3rem .7rem; border: 1px solid var(--line); border-radius: 99px; background: var(--panel); font-size: .875rem; }
.pill b { width: .55rem; height: .55rem; border-radius: 50%; background: var(--green); box-shadow: 0 0 0 .22rem color-mix(in srgb, var(--green) 22%, transparent); }
.art { width: 100%; height: auto; filter: drop-shadow(0 18px 30px rgb(var(--shade) / .14)); }
.plant { transform-origin: 160px 262px; animation: sway 6s ease-in-out infinite alternate; }
.leaf { transform-origin: 163px 180px; animation: sway 4.5s ease-in-out infinite alternate; }
.leaf.other { animation-duration: 5.5s; animation-direction: alternate-reverse; }
@keyframes sway { from { transform: rotate(-1.6deg); } to { transform: rotate(1.8deg); } }
@media (prefers-reduced-motion: reduce) { .plant, .leaf { animation: none; } }
.next { display: grid; grid-template-columns: 1.45fr 1fr; gap: 2.5rem; margin-top: clamp(2rem, 4vw, 2.75rem); }
.next > div { display: flex; flex-direction: column; min-width: 0; }
h2 { margin: 0 0 .9rem; font-size: 1.1875rem; letter-spacing: -.015em; }
.editor { flex: 1; border: 1px solid var(--line); border-radius: 12px; background: var(--panel); overflow: hidden; box-shadow: 0 10px 30px -18px rgb(var(--shade) / .35); }
.tab { display: flex; justify-content: space-between; gap: 1rem; margin: 0; padding: .55rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--tint); font: .8125rem/1.5 var(--mono); }
.tab span { color: var(--soft); font-family: system-ui, sans-serif; }
.editor pre { margin: 0; padding: 1rem 1.25rem; overflow-x: auto; font-size: .875rem; line-height: 1.7; user-select: all; }
article { flex: 1; padding: .8rem 0; border-top: 1px solid var(--line); }
h3 { margin: 0 0 .2rem; color: var(--green); font: 600 .875rem/1.5 var(--mono); overflow-wrap: anywhere; }
article p { margin: 0; color: var(--soft); font-size: .9375rem; }
footer { margin-top: 2rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 46rem) {
  header { grid-template-columns: 1fr; gap: 1.75rem; }
  .art { max-width: 22rem; }
  .next { grid-template-columns: minmax(0, 1fr); }
}
`;
