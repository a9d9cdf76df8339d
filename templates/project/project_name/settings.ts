/**
 * Settings of {{ project_name }}: every upper-case export of this file is one.
 *
 * For production, make settings_production.ts beside this file, and say which settings to use with
 * DJANGO_SETTINGS_MODULE={{ project_name }}.settings_production:
 *
 *   export * from './settings.ts';
 *   export const DEBUG = false;
 *   export const ALLOWED_HOSTS = ['www.example.com'];
 *   export const SECRET_KEY = process.env.SECRET_KEY;
 */
import type { Settings } from 'startproject/conf';

// The folder of the project. Build paths inside of it like this: `${BASE_DIR}/data`.
export const BASE_DIR = `${import.meta.dirname}/..`;

// Signs what must not be forged. Keep the key of production secret, and out of this file.
export const SECRET_KEY = '{{ secret_key }}';

// Shows errors with their source in the browser. Never do that in production.
export const DEBUG = true;

// The host names that this site serves. While DEBUG is true, an empty list means localhost.
export const ALLOWED_HOSTS: Settings['ALLOWED_HOSTS'] = [];

// Wraps every view, the first one outermost: the function or a dotted path to it.
export const MIDDLEWARE: Settings['MIDDLEWARE'] = [];

// Files that browsers fetch as they are, and where: static/site.css is /static/site.css.
export const STATIC_URL = 'static/';
export const STATICFILES_DIRS = [`${BASE_DIR}/static`];

// Where the URL patterns are.
export const ROOT_URLCONF = '{{ project_name }}.urls';

// What the servers run.
export const WSGI_APPLICATION = '{{ project_name }}.wsgi.application';
