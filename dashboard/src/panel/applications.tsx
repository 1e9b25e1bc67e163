// SPDX-License-Identifier: Apache-2.0
// An application's name, wherever it stands: its colour, and a click that filters the page by it.
import { createContext, useContext } from 'react';
import { applicationLabel } from '../format/flow';

export interface Applications {
  /** The application that the page is filtered by. */
  readonly selected: string | undefined;
  readonly select: (name: string | undefined) => void;
  /** CSS variable with the application's colour. */
  readonly colourOf: (name: string) => string;
  readonly isBlocked: (name: string) => boolean;
  /** Asks whether to block it. */
  readonly block: (name: string) => void;
}

export const ApplicationsContext = createContext<Applications | undefined>(undefined);

export function useApplications(): Applications {
  const applications = useContext(ApplicationsContext);
  if (!applications) throw new Error('a panel must stand inside an ApplicationsContext');
  return applications;
}

/** "other" is the rest of a ranking and "unknown" the lack of a name: neither can be meant by a rule. */
export function canBlock(name: string): boolean {
  return name !== 'other' && name !== 'unknown';
}

export function Swatch({ name }: { readonly name: string }) {
  const { colourOf } = useApplications();
  return <span className="swatch" style={{ background: `var(${colourOf(name)})` }} />;
}

/** A second click on the selected application removes the filter. */
export function ApplicationName({ name }: { readonly name: string }) {
  const { selected, select } = useApplications();
  if (name === 'other') {
    return (
      <span className="application">
        <Swatch name={name} />
        <span className="application-text">{applicationLabel(name)}</span>
      </span>
    );
  }
  const isSelected = selected === name;
  return (
    <button
      type="button"
      className="application application-button"
      aria-pressed={isSelected}
      title={isSelected ? `Show all applications again` : `Show only ${name}`}
      onClick={() => select(isSelected ? undefined : name)}
    >
      <Swatch name={name} />
      <span className="application-text">{applicationLabel(name)}</span>
    </button>
  );
}
