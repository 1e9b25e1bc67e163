// SPDX-License-Identifier: Apache-2.0

/**
 * Key of what is beyond the limit, among keys of an answer: nothing can be filtered by it. No name has this character,
 * while an application may well be called "other".
 */
export const REST = '\u0000rest';
