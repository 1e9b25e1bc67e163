// SPDX-License-Identifier: Apache-2.0
// How engines are spelt.

export const ENGINE_WORDS = ['hyperscan', 'emulator', 'ncore', 'none'] as const;

/** A device of the ncore library by its number. */
export const NCORE_DEVICE = /^ncore:(?<device>\d{1,10})$/;
