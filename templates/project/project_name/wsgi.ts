/**
 * The WSGI entry point of {{ project_name }}.
 *
 * It exports the WSGI application under the name `application`. Every server imports this object:
 * `runserver` while you develop; `runwsgi`, `runfcgi` or another server in production.
 */
import { getWsgiApplication } from 'startproject/wsgi';
process.env.DJANGO_SETTINGS_MODULE ??= '{{ project_name }}.settings';
export const application = await getWsgiApplication();
