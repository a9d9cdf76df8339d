import { html } from '../../errors/html.ts';

/** A seedling in a window. */
export const WELCOME_ART = html`<svg class="art" viewBox="0 0 400 320" role="img" aria-label="A seedling grows in a browser window">
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="var(--sky-top)"/><stop offset="1" stop-color="var(--sky-low)"/></linearGradient>
<linearGradient id="leaf" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#7fd6a4"/><stop offset="1" stop-color="#12805a"/></linearGradient>
<linearGradient id="leaf2" x1="1" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#b4e197"/><stop offset="1" stop-color="#2f9a68"/></linearGradient>
<clipPath id="view"><path d="M20 62h360v224a14 14 0 0 1-14 14H34a14 14 0 0 1-14-14z"/></clipPath>
</defs>
<rect x="20" y="20" width="360" height="280" rx="14" fill="var(--panel)"/>
<g clip-path="url(#view)">
<rect x="20" y="62" width="360" height="240" fill="url(#sky)"/>
<circle cx="286" cy="136" r="92" fill="var(--sun)" opacity=".18"/>
<circle cx="286" cy="136" r="64" fill="var(--sun)" opacity=".3"/>
<circle cx="286" cy="136" r="38" fill="var(--sun)"/>
<path d="M20 226c60-34 122-30 190-6s120 12 170-12v92H20z" fill="var(--hill-far)"/>
<path d="M20 262c80-26 148-22 210-8s104 10 150-6v60H20z" fill="var(--hill)"/>
<g class="plant">
<path d="M160 262c2-34-2-62 4-96" fill="none" stroke="#12805a" stroke-width="6" stroke-linecap="round"/>
<path class="leaf" d="M163 186c-8-46-50-62-88-54 4 40 42 66 88 54z" fill="url(#leaf)"/>
<path class="leaf other" d="M163 172c0-42 30-68 72-70 8 40-24 76-72 70z" fill="url(#leaf2)"/>
<path d="M163 186c-24-16-44-30-62-40M163 172c14-22 32-42 52-56" fill="none" stroke="#0b6e4f" stroke-opacity=".35" stroke-width="2.5" stroke-linecap="round"/>
</g>
</g>
<g fill="var(--line)"><circle cx="44" cy="41" r="6"/><circle cx="64" cy="41" r="6"/><circle cx="84" cy="41" r="6"/><rect x="108" y="33" width="184" height="16" rx="8"/></g>
<rect x="20" y="20" width="360" height="280" rx="14" fill="none" stroke="var(--line)" stroke-width="1.5"/>
</svg>`;
