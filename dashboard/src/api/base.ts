// SPDX-License-Identifier: Apache-2.0

/**
 * Path under which page and API are, with a slash at the end: a reverse proxy may put both anywhere. Pages are one
 * level below it, so the folder of the page that was opened is it.
 */
export const BASE_PATH = new URL('.', document.baseURI).pathname;
