import type { Setting } from '../setting.ts';
import { PROCESSES, SERVER } from './processes.ts';
import { REQUESTS } from './requests.ts';
import { SERVING } from './serving.ts';
import { WORKERS } from './workers.ts';

/** The settings that each site has. */
export const SITE_SETTINGS = { ...SERVING, ...WORKERS, ...REQUESTS, ...PROCESSES } as const;

/** The sections of settings with their titles, for the help and the documentation. */
export const SETTING_SECTIONS: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  'What is served': SERVING,
  Workers: WORKERS,
  'Requests and connections': REQUESTS,
  'Logs and privileges': PROCESSES,
  'The server': SERVER,
};

/** The settings that exist once in a server. */
export const SERVER_SETTINGS = SERVER;

export type SiteSettingName = keyof typeof SITE_SETTINGS;
export type SettingName = SiteSettingName | keyof typeof SERVER_SETTINGS;

/** All settings. `config` and `sites` are not among them, since they only say where settings are. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = { ...SITE_SETTINGS, ...SERVER_SETTINGS };

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

export function isSiteSettingName(name: string): name is SiteSettingName {
  return Object.hasOwn(SITE_SETTINGS, name);
}
