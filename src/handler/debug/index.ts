export { type ErrorCause, type ErrorPage, renderErrorPage } from './error-page.ts';
