/**
 * The WSGI entry point of {{ project_name }}.
 *
 * It exports the WSGI callable under the name `application`. Every server imports this one object:
 * `runserver` while you develop; in production `runwsgi`, `runfcgi` or any other.
 */
import { getWsgiApplication } from 'startproject/wsgi';
process.env.DJANGO_SETTINGS_MODULE ??= '{{ project_name }}.settings';
export const application = await getWsgiApplication();
