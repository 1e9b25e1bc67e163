// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Room } from './flow-fields';

const WIDE = window.matchMedia('(width >= 820px)');
const roomNow = (): Room => (WIDE.matches ? 'wide' : 'narrow');

/** How much room the window has, also when it is turned. */
export function useRoom(): Room {
  const [room, setRoom] = useState(roomNow);
  useEffect(() => {
    const look = () => setRoom(roomNow());
    WIDE.addEventListener('change', look);
    return () => WIDE.removeEventListener('change', look);
  }, []);
  return room;
}
