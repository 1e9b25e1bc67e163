// SPDX-License-Identifier: Apache-2.0
// Icons of 16 px in the text's colour. They stand beside text or in a labelled button, so they are hidden from readers.

const PATHS = {
  close: 'M4 4l8 8M12 4l-8 8',
  block: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.2 4.2l7.6 7.6',
  trash: 'M2.5 4.5h11M6 4.5V3h4v1.5M4 4.5l.6 8.5h6.8l.6-8.5M6.7 7v3.6M9.3 7v3.6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2l7.5 4.8L5 12.8z',
  down: 'M4 6.2l4 4 4-4',
  left: 'M9.8 4l-4 4 4 4',
  right: 'M6.2 4l4 4-4 4',
  up: 'M4 9.8l4-4 4 4',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  check: 'M3.2 8.4l3.2 3.2 6.4-7',
  clock: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 4.8V8l2.2 1.6',
  filter: 'M2.5 3.5h11L9.6 8.4v3.9l-3.2 1V8.4z',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.2 3.2',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.6v2.9h-2.9',
  more: 'M3.6 8h.01M8 8h.01M12.4 8h.01',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  star: 'M8 2.4l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.2l-3.5 1.9.8-3.9L2.4 6.5l3.9-.5z',
  link: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.7.7M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.7-.7',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.3 4.5l2.2 2.2',
  key: 'M10.6 2.8a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2zM8.7 7.3L3 13M5 11l1.6 1.6M3 13h1.8',
  shape: 'M2.5 3h11M4.5 6.4h7M6 9.8h4M7.4 13.2h1.2',
  eye: 'M1.8 8C3.2 5.4 5.4 4 8 4s4.8 1.4 6.2 4c-1.4 2.6-3.6 4-6.2 4S3.2 10.6 1.8 8zM8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z',
  question: 'M5.8 6.2a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.8-1.1 1.7M8 12.2h.01',
  download: 'M8 2.5v7.2M4.9 6.8L8 9.9l3.1-3.1M3 13.2h10',
  user: 'M8 2.6a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2zM2.9 13.4c.5-2.5 2.5-4 5.1-4s4.6 1.5 5.1 4',
  sliders: 'M2.5 4.8h5M11 4.8h2.5M2.5 11.2H5M8.5 11.2h5M9.2 3.2v3.2M6.8 9.6v3.2',
  overview: 'M2.5 2.5h4.6v5.2H2.5zM8.9 2.5h4.6v3H8.9zM8.9 7.4h4.6v6.1H8.9zM2.5 9.6h4.6v3.9H2.5z',
  explore: 'M2.5 12.8l3.3-4.6 2.6 2.3 5.1-7M2.5 2.5v11h11',
  flows: 'M2.5 4.5h8.2M8.4 2.2l2.3 2.3-2.3 2.3M13.5 11.5H5.3M7.6 9.2l-2.3 2.3 2.3 2.3',
  applications: 'M5 2.8h6v4H5zM2.5 9.4h4.2v4H2.5zM9.3 9.4h4.2v4H9.3zM8 6.8v1.3M4.6 9.4V8.1h6.8v1.3',
  hosts: 'M2.5 3h11v7h-11zM6 13.3h4M8 10v3.3',
  exporters:
    'M2.5 9h11v4h-11zM5 11h.01M7.4 11h.01M8 9V6.4M5.4 5a3.6 3.6 0 0 1 5.2 0M3.6 3.2a6.2 6.2 0 0 1 8.8 0',
  rules: 'M8 2.2l5 1.9v3.6c0 3-2 5.2-5 6.1-3-.9-5-3.1-5-6.1V4.1zM5.8 7.9l1.6 1.6 2.9-3.2',
  decisions:
    'M8 2.5v3M8 5.5L4 9v4.5M8 5.5L12 9v4.5M2.4 11.7L4 13.5l1.6-1.8M10.4 11.7l1.6 1.8 1.6-1.8',
  audit: 'M4 2.5h6l2.5 2.5v8.5H4zM6.2 7h4M6.2 9.2h4M6.2 11.4h2.4',
  settings:
    'M8 5.9a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2zM8 1.9v1.8M8 12.3v1.8M1.9 8h1.8M12.3 8h1.8M3.7 3.7l1.3 1.3M11 11l1.3 1.3M12.3 3.7L11 5M5 11l-1.3 1.3',
  area: 'M2.5 13.2V9.5l3.4-3 3 2 4.6-4.3v9z',
  lines: 'M2.5 11.5l3.6-4 3 2.2 4.4-5.5M2.5 7.2l3.6-2.4 3 1.4 4.4-3',
  grid: 'M2.5 2.5h4.7v4.7H2.5zM8.8 2.5h4.7v4.7H8.8zM2.5 8.8h4.7v4.7H2.5zM8.8 8.8h4.7v4.7H8.8z',
  sankey: 'M2.5 3.5c5.5 0 5.5 3 11 3M2.5 6.5c5.5 0 5.5 6 11 6M2.5 12.5c5.5 0 5.5-7 11-7',
  heat: 'M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11',
  table: 'M2.5 3h11v10h-11zM2.5 6.2h11M2.5 9.6h11M6.2 6.2V13',
  image: 'M2.5 3h11v10h-11zM2.5 10.6l3.3-3.2 2.6 2.4 1.9-1.7 3.2 2.9M10.4 5.6h.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark: water that steps down. */
export const WeirMark = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <rect class="mark-ground" width="24" height="24" rx="5" />
    <path class="mark-crest" d="M4 8.5h7.5c2 0 2.2 7 5 7H20" />
    <path class="mark-water" d="M4 12.5h5.5M4 16h7" />
  </svg>
);
