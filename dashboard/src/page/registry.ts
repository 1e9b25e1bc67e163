// SPDX-License-Identifier: Apache-2.0
// Every page that there is: a line here and a folder beside it. A page is loaded when it is opened.
import type { Role } from '@weir/wire';
import type { ComponentType } from 'preact';
import type { IconName } from '../control/icons';

export interface Page {
  /** Its name in links. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  readonly group: 'Traffic' | 'Control' | 'System';
  /** Least role of those who see it. @default viewer */
  readonly role?: Role;
  /** What of the page's top has no meaning here. */
  readonly without?: readonly ('time' | 'filter')[];
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const FIRST_PAGE = 'overview';

export const PAGES: readonly Page[] = [
  {
    id: FIRST_PAGE,
    title: 'Overview',
    icon: 'overview',
    group: 'Traffic',
    load: () => import('./overview/overview-page'),
  },
  {
    id: 'explore',
    title: 'Explore',
    icon: 'explore',
    group: 'Traffic',
    load: () => import('./explore/explore-page'),
  },
  {
    id: 'flows',
    title: 'Flows',
    icon: 'flows',
    group: 'Traffic',
    load: () => import('./flows/flows-page'),
  },
  {
    id: 'applications',
    title: 'Applications',
    icon: 'applications',
    group: 'Traffic',
    load: () => import('./applications/applications-page'),
  },
  {
    id: 'hosts',
    title: 'Hosts',
    icon: 'hosts',
    group: 'Traffic',
    load: () => import('./hosts/hosts-page'),
  },
  {
    id: 'rules',
    title: 'Rules',
    icon: 'rules',
    group: 'Control',
    without: ['time', 'filter'],
    load: () => import('./rules/rules-page'),
  },
  {
    id: 'decisions',
    title: 'Decisions',
    icon: 'decisions',
    group: 'Control',
    without: ['time', 'filter'],
    load: () => import('./decisions/decisions-page'),
  },
  {
    id: 'exporters',
    title: 'Exporters',
    icon: 'exporters',
    group: 'System',
    without: ['filter'],
    load: () => import('./exporters/exporters-page'),
  },
  {
    id: 'audit',
    title: 'Audit',
    icon: 'audit',
    group: 'System',
    role: 'administrator',
    without: ['time', 'filter'],
    load: () => import('./audit/audit-page'),
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: 'settings',
    group: 'System',
    without: ['time', 'filter'],
    load: () => import('./settings/settings-page'),
  },
];
