// SPDX-License-Identifier: Apache-2.0
import { ndpiReader } from './ndpi-reader.js';
import { nfpcapd } from './nfpcapd.js';
import { pcapLoop } from './pcap-loop.js';
import { pmacctdNfprobe, pmacctdPrint } from './pmacctd.js';
import type { Program } from './program.js';
import { softflowd } from './softflowd.js';
import { weir, weirWithoutClassification } from './weir.js';

/** In the order of the table. */
export const PROGRAMS: readonly Program[] = [
  pcapLoop,
  weir,
  weirWithoutClassification,
  softflowd,
  nfpcapd,
  ndpiReader,
  pmacctdPrint,
  pmacctdNfprobe,
];
