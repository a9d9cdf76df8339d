/**
 * Settings of {{ project_name }}: every upper-case export of this file is a setting.
 *
 * For production, make a file settings_production.ts beside this one, and select it with
 * --settings {{ project_name }}.settings_production:
 *
 *   export * from './settings.ts';
 *   export const DEBUG = false;
 *   export const ALLOWED_HOSTS = ['www.example.com'];
 *   export const SECRET_KEY = process.env.SECRET_KEY;
 */
import type { Settings } from 'startproject/conf';

// The folder of the project. Use it to build paths: `${BASE_DIR}/data`.
export const BASE_DIR = `${import.meta.dirname}/..`;

// The key for signing and encrypting. Keep the key of production secret, and out of this file.
export const SECRET_KEY = '{{ secret_key }}';

// Shows errors with their source code in the browser. Never turn it on in production.
export const DEBUG = true;

// The host names that the site answers to. While DEBUG is true, an empty list means localhost.
export const ALLOWED_HOSTS: Settings['ALLOWED_HOSTS'] = [];

// Middleware, the outermost first: functions, or dotted paths to functions.
export const MIDDLEWARE: Settings['MIDDLEWARE'] = [];

// Static files, and their URL: the file static/site.css has the URL /static/site.css.
export const STATIC_URL = 'static/';
export const STATICFILES_DIRS = [`${BASE_DIR}/static`];

// The module with the URL patterns.
export const ROOT_URLCONF = '{{ project_name }}.urls';

// The application that the servers run.
export const WSGI_APPLICATION = '{{ project_name }}.wsgi.application';
